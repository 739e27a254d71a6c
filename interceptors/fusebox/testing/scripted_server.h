// scripted_server.h: a gRPC server that answers as it is told.
//
//   fusebox::ScriptedServer server;
//   server.Respond(fusebox::ScriptedReply::Error(
//       grpc::StatusCode::UNAVAILABLE, "down for lunch"));
//   auto channel = fusebox::CreateChannel(server.address(), ...);
//   ...
//   EXPECT_EQ(server.calls(), 5);
//
// It serves every unary method of every service: requests and replies are
// bytes to it. It is reached over TCP and in-process.

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
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fusebox/core/clock.h"
#include "fusebox/core/mutex.h"

namespace fusebox {

// How one call is answered.
struct ScriptedReply {
  // OK with the request's bytes as the reply.
  static ScriptedReply Echo() { return {}; }

  // OK with these bytes: a serialized message, or what is none.
  static ScriptedReply Bytes(std::string bytes) {
    ScriptedReply reply;
    reply.body = std::move(bytes);
    return reply;
  }

  // OK without a message.
  static ScriptedReply NoMessage() {
    ScriptedReply reply;
    reply.send_message = false;
    return reply;
  }

  // A status without a message.
  static ScriptedReply Error(grpc::StatusCode code,
                             const std::string& message = "",
                             const std::string& details = "") {
    ScriptedReply reply = NoMessage();
    reply.status = grpc::Status(code, message, details);
    return reply;
  }

  // No answer until ReleaseHung() or the end of the server; then CANCELLED.
  static ScriptedReply Hang() {
    ScriptedReply reply = Error(grpc::StatusCode::CANCELLED);
    reply.hang = true;
    return reply;
  }

  ScriptedReply&& WithTrailer(std::string key, std::string value) && {
    trailers.emplace(std::move(key), std::move(value));
    return std::move(*this);
  }
  ScriptedReply&& After(Duration wait) && {
    delay = wait;
    return std::move(*this);
  }

  grpc::Status status;
  bool send_message = true;
  std::optional<std::string> body;  // absent: the request's bytes
  std::multimap<std::string, std::string> trailers;
  Duration delay{0};  // of real time, from the arrival of the request
  bool hang = false;
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
      const grpc::ChannelArguments& arguments = {});

  // From now on every call is answered so. At first: Echo().
  void Respond(ScriptedReply reply) FUSEBOX_EXCLUDES(mu_);

  // The next call for which nothing else is enqueued is answered so.
  void Enqueue(ScriptedReply reply) FUSEBOX_EXCLUDES(mu_);

  // Ends the calls that hang.
  void ReleaseHung() FUSEBOX_EXCLUDES(mu_);

  // Calls that arrived so far.
  size_t calls() const FUSEBOX_EXCLUDES(mu_);

  // Waits until that many have arrived.
  void WaitForCalls(size_t count) const FUSEBOX_EXCLUDES(mu_);

 private:
  class Service;
  class Call;

  ScriptedReply NextReply() FUSEBOX_EXCLUDES(mu_);

  mutable Mutex mu_;
  mutable std::condition_variable_any arrived_;
  size_t calls_ FUSEBOX_GUARDED_BY(mu_) = 0;
  ScriptedReply reply_ FUSEBOX_GUARDED_BY(mu_);
  std::deque<ScriptedReply> enqueued_ FUSEBOX_GUARDED_BY(mu_);
  std::set<Call*> hung_ FUSEBOX_GUARDED_BY(mu_);
  bool closing_ FUSEBOX_GUARDED_BY(mu_) = false;

  std::string address_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTING_SCRIPTED_SERVER_H_
