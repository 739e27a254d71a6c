// scripted_server.h: a gRPC server whose answers a test defines.
//
//   fusebox::ScriptedServer server;
//   server.Respond(fusebox::ScriptedReply::Error(
//       grpc::StatusCode::UNAVAILABLE, "down for lunch"));
//   auto channel = fusebox::CreateChannel(server.address(), ...);
//   ...
//   EXPECT_EQ(server.calls(), 5);
//
// It serves every method of every service, unary or streaming, and treats
// requests and replies as bytes. Clients reach it over TCP and in-process. It
// does not count the calls of the method "/" that an in-process channel makes
// of rejected RPCs. tcp_gate.h simulates faults of the network between them.

#ifndef FUSEBOX_TESTING_SCRIPTED_SERVER_H_
#define FUSEBOX_TESTING_SCRIPTED_SERVER_H_

#include <grpcpp/channel.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/client_interceptor.h>
#include <grpcpp/support/status.h>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/base/mutex.h"

namespace fusebox {

// Defines how one call is answered: with messages and then a status. These two
// streams break after the second message, and become silent after the first:
//
//   ScriptedReply::Echo().BreakAfter(2, {StatusCode::UNAVAILABLE, "gone"})
//   ScriptedReply::Messages({a, b}).HangAfter(1)
struct FUSEBOX_EXPORT ScriptedReply {
  // What the server waits for before it sends a message.
  enum class Awaits : uint8_t {
    kFirstRequest,  // the first request; then it sends all messages
    kEachRequest,   // one request per message
    kLastRequest,   // the client's last request
  };

  // Replies to each request with its own bytes, and ends with OK. For unary,
  // server- and bidi-streaming calls.
  static ScriptedReply Echo() { return {}; }

  // Replies once, with the bytes of the last request, and ends with OK. For
  // client-streaming and unary calls.
  static ScriptedReply EchoLast() {
    ScriptedReply reply;
    reply.awaits = Awaits::kLastRequest;
    return reply;
  }

  // Replies with these bytes, which need not be serialized messages, and ends
  // with OK.
  static ScriptedReply Messages(std::vector<std::string> messages) {
    ScriptedReply reply;
    reply.awaits = Awaits::kFirstRequest;
    reply.messages = std::move(messages);
    return reply;
  }
  static ScriptedReply Bytes(std::string message) {
    return Messages({std::move(message)});
  }
  static ScriptedReply NoMessage() { return Messages({}); }

  // Ends with a status and sends no message.
  static ScriptedReply Error(grpc::StatusCode code,
                             const std::string& message = "",
                             const std::string& details = "") {
    return NoMessage().WithStatus({code, message, details});
  }

  // Does not answer until ReleaseHung() or the server's destructor is called.
  // Then ends with CANCELLED.
  static ScriptedReply Hang() {
    return Error(grpc::StatusCode::CANCELLED).HangAfter(0);
  }

  // Sets the status that follows the last message.
  ScriptedReply&& WithStatus(grpc::Status end) && {
    status = std::move(end);
    return std::move(*this);
  }

  // Ends the call with `end` after `sent` messages, and sends no more of them.
  ScriptedReply&& BreakAfter(size_t sent, grpc::Status end) && {
    break_after = sent;
    return std::move(*this).WithStatus(std::move(end));
  }

  // Pauses after `sent` messages until ReleaseHung() or the server's destructor
  // is called.
  ScriptedReply&& HangAfter(size_t sent) && {
    hang_after = sent;
    return std::move(*this);
  }

  // Waits for the last request before it sends anything.
  ScriptedReply&& AfterLastRequest() && {
    awaits = Awaits::kLastRequest;
    return std::move(*this);
  }
  ScriptedReply&& WithTrailer(std::string key, std::string value) && {
    trailers.emplace(std::move(key), std::move(value));
    return std::move(*this);
  }
  ScriptedReply&& After(Duration wait) && {
    delay = wait;
    return std::move(*this);
  }

  Awaits awaits = Awaits::kEachRequest;
  std::optional<std::vector<std::string>> messages;  // absent: echoes requests
  grpc::Status status;
  std::multimap<std::string, std::string> trailers;
  Duration delay{0};  // in real time, from the arrival of the first request
  std::optional<size_t> hang_after;
  std::optional<size_t> break_after;
};

// Thread-safe.
class FUSEBOX_EXPORT ScriptedServer {
 public:
  // Listens on a free port of 127.0.0.1.
  ScriptedServer();

  // Ends every call.
  ~ScriptedServer();

  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  // Returns the server's address: "127.0.0.1:54321".
  const std::string& address() const { return address_; }

  using InterceptorFactories = std::vector<
      std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>;

  // Returns a channel that does not leave the process.
  std::shared_ptr<grpc::Channel> InProcessChannel(
      InterceptorFactories factories,
      const grpc::ChannelArguments& arguments = {}) FUSEBOX_EXCLUDES(mu_);

  // Sets the reply to every call from now on. The default is Echo().
  void Respond(ScriptedReply reply) FUSEBOX_EXCLUDES(mu_);

  // Adds the reply to one call. Enqueued replies are used in order, before the
  // one of Respond().
  void Enqueue(ScriptedReply reply) FUSEBOX_EXCLUDES(mu_);

  // Blocks until `count` calls hang.
  void WaitForHung(size_t count) const FUSEBOX_EXCLUDES(mu_);

  // Lets the calls that hang continue.
  void ReleaseHung() FUSEBOX_EXCLUDES(mu_);

  // Sends GOAWAY to every client, as a server does that is redeployed. A new
  // server takes over the address, and calls in flight end at the old one. A
  // client that has not read the GOAWAY yet may still start a call at the old
  // server. In-process channels cannot be used afterwards.
  void GoAway() FUSEBOX_EXCLUDES(mu_);

  // Returns how many calls have arrived so far.
  size_t calls() const FUSEBOX_EXCLUDES(mu_);

  // Blocks until `count` calls have arrived.
  void WaitForCalls(size_t count) const FUSEBOX_EXCLUDES(mu_);

 private:
  class Service;
  class Call;

  // A server at the address. One that has sent GOAWAY ends by itself.
  struct Instance {
    std::unique_ptr<Service> service;
    std::unique_ptr<grpc::Server> server;
    std::thread shutdown;
  };

  // Starts a server at `port_`, or at a free port if that is 0.
  Instance Serve() FUSEBOX_REQUIRES(mu_);
  ScriptedReply NextReply() FUSEBOX_EXCLUDES(mu_);

  mutable Mutex mu_;
  mutable std::condition_variable_any changed_;
  size_t calls_ FUSEBOX_GUARDED_BY(mu_) = 0;
  ScriptedReply reply_ FUSEBOX_GUARDED_BY(mu_);
  std::deque<ScriptedReply> enqueued_ FUSEBOX_GUARDED_BY(mu_);
  std::set<Call*> hung_ FUSEBOX_GUARDED_BY(mu_);
  bool closing_ FUSEBOX_GUARDED_BY(mu_) = false;
  std::deque<Instance> instances_ FUSEBOX_GUARDED_BY(mu_);

  int port_ FUSEBOX_GUARDED_BY(mu_) = 0;
  std::string address_;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTING_SCRIPTED_SERVER_H_
