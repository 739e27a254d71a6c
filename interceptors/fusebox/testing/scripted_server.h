// scripted_server.h: a gRPC server that answers as it is told.
//
//   fusebox::ScriptedServer server;
//   server.Respond(fusebox::ScriptedReply::Error(
//       grpc::StatusCode::UNAVAILABLE, "down for lunch"));
//   auto channel = fusebox::CreateChannel(server.address(), ...);
//   ...
//   EXPECT_EQ(server.calls(), 5);
//
// It serves every method of every service, of all four shapes: requests and
// replies are bytes to it. It is reached over TCP and in-process. What goes
// wrong on the way to it is the business of tcp_gate.h.

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
#include "fusebox/base/mutex.h"

namespace fusebox {

// How one call is answered: with messages, then with a status. A stream that
// breaks after its second message, and one that falls silent after its first:
//
//   ScriptedReply::Echo().BreakAfter(2, {StatusCode::UNAVAILABLE, "gone"})
//   ScriptedReply::Messages({a, b}).HangAfter(1)
struct ScriptedReply {
  // What it waits for before it sends a message.
  enum class Awaits : uint8_t {
    kFirstRequest,  // for one request, then all messages go out
    kEachRequest,   // for one request a message
    kLastRequest,   // for the client to have sent all it has to send
  };

  // OK, with each request's bytes as a reply, as they come. For unary, server-
  // and bidi-streaming calls.
  static ScriptedReply Echo() { return {}; }

  // OK, with the last request's bytes as the one reply. For client-streaming
  // calls, and unary ones.
  static ScriptedReply EchoLast() {
    ScriptedReply reply;
    reply.awaits = Awaits::kLastRequest;
    return reply;
  }

  // OK, with these bytes: serialized messages, or what are none.
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

  // A status without a message.
  static ScriptedReply Error(grpc::StatusCode code,
                             const std::string& message = "",
                             const std::string& details = "") {
    return NoMessage().WithStatus({code, message, details});
  }

  // No answer until ReleaseHung() or the end of the server; then CANCELLED.
  static ScriptedReply Hang() {
    return Error(grpc::StatusCode::CANCELLED).HangAfter(0);
  }

  // The status after the last message.
  ScriptedReply&& WithStatus(grpc::Status end) && {
    status = std::move(end);
    return std::move(*this);
  }

  // Ends the call once `sent` messages are sent, whatever was to follow.
  ScriptedReply&& BreakAfter(size_t sent, grpc::Status end) && {
    break_after = sent;
    return std::move(*this).WithStatus(std::move(end));
  }

  // Stops once `sent` messages are sent; goes on after ReleaseHung() or with
  // the end of the server.
  ScriptedReply&& HangAfter(size_t sent) && {
    hang_after = sent;
    return std::move(*this);
  }

  // Waits for all requests first.
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
  std::optional<std::vector<std::string>> messages;  // absent: the requests
  grpc::Status status;
  std::multimap<std::string, std::string> trailers;
  Duration delay{0};  // of real time, from the arrival of the first request
  std::optional<size_t> hang_after;
  std::optional<size_t> break_after;
};

// Thread-safe.
class ScriptedServer {
 public:
  // Listens on a free port of 127.0.0.1.
  ScriptedServer();

  // Ends every call.
  ~ScriptedServer();

  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  // "127.0.0.1:54321"
  const std::string& address() const { return address_; }

  using InterceptorFactories = std::vector<
      std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>;

  // A channel that does not leave the process.
  std::shared_ptr<grpc::Channel> InProcessChannel(
      InterceptorFactories factories,
      const grpc::ChannelArguments& arguments = {}) FUSEBOX_EXCLUDES(mu_);

  // From now on every call is answered so. At first: Echo().
  void Respond(ScriptedReply reply) FUSEBOX_EXCLUDES(mu_);

  // The next call for which nothing else is enqueued is answered so.
  void Enqueue(ScriptedReply reply) FUSEBOX_EXCLUDES(mu_);

  // Waits until that many calls hang.
  void WaitForHung(size_t count) const FUSEBOX_EXCLUDES(mu_);

  // Lets the calls that hang go on.
  void ReleaseHung() FUSEBOX_EXCLUDES(mu_);

  // Tells every client to go away (GOAWAY), as a server does that is
  // redeployed: the address is served anew, calls under way end where they
  // are. A client that has not read it yet may still start one there. For
  // in-process channels there is no way back.
  void GoAway() FUSEBOX_EXCLUDES(mu_);

  // Calls that arrived so far.
  size_t calls() const FUSEBOX_EXCLUDES(mu_);

  // Waits until that many have arrived.
  void WaitForCalls(size_t count) const FUSEBOX_EXCLUDES(mu_);

 private:
  class Service;
  class Call;

  // What serves the address; one that was told to go away ends by itself.
  struct Instance {
    std::unique_ptr<Service> service;
    std::unique_ptr<grpc::Server> server;
    std::thread shutdown;
  };

  // Serves `port_`, or a free one if it is 0.
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
