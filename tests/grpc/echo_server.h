// echo_server.h: the service Echo, for typed and generic calls of all shapes.
//
//   EchoServer server;
//   server.Respond(EchoReply::BreakAfter(2, unavailable));
//
// What it answers when all is well:
//   Say      the request
//   Collect  one reply when the client has closed: all requests, "1 2 3"
//   Repeat   the request, three times
//   Chat     each request, as it comes, until the client closes
// and the trailer "from: echo" with any status of its own.

#ifndef FUSEBOX_TESTS_GRPC_ECHO_SERVER_H_
#define FUSEBOX_TESTS_GRPC_ECHO_SERVER_H_

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
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/base/mutex.h"

namespace fusebox {

// How one call is answered.
struct EchoReply {
  static EchoReply Succeed() { return {}; }

  // With a status, before it has read anything.
  static EchoReply Fail(grpc::Status status) {
    return {After::kStatus, 0, std::move(status)};
  }

  // With a status, after `replies` replies: a stream that breaks.
  static EchoReply BreakAfter(int replies, grpc::Status status) {
    return {After::kStatus, replies, std::move(status)};
  }

  // With nothing more after `replies` replies, until the call is cancelled,
  // or EndSilence(), or the end of the server.
  static EchoReply SilentAfter(int replies) {
    return {After::kSilence, replies, {}};
  }

  enum class After { kAll, kStatus, kSilence };
  After after = After::kAll;
  int replies = 0;
  grpc::Status status;
};

// Thread-safe.
class EchoServer {
 public:
  using InterceptorFactories = std::vector<
      std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>;

  // Listens on a free port of 127.0.0.1.
  EchoServer();

  // Ends every call.
  ~EchoServer();

  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;

  // "127.0.0.1:54321"
  const std::string& address() const { return address_; }

  // A channel that does not leave the process.
  std::shared_ptr<grpc::Channel> InProcessChannel(
      InterceptorFactories factories,
      const grpc::ChannelArguments& arguments = {});

  // From now on every call is answered so. At first: Succeed().
  void Respond(EchoReply reply) FUSEBOX_EXCLUDES(mu_);

  // The next call for which nothing else is enqueued is answered so.
  void Enqueue(EchoReply reply) FUSEBOX_EXCLUDES(mu_);

  // Ends the calls that are silent.
  void EndSilence(const grpc::Status& status) FUSEBOX_EXCLUDES(mu_);

  // Calls that arrived; that fell silent; that are over.
  size_t calls() const FUSEBOX_EXCLUDES(mu_);
  void WaitForCalls(size_t count) const FUSEBOX_EXCLUDES(mu_);
  void WaitForSilence(size_t count) const FUSEBOX_EXCLUDES(mu_);
  void WaitForEnds(size_t count) const FUSEBOX_EXCLUDES(mu_);

  // What the last call that arrived brought along.
  std::multimap<std::string, std::string> metadata() const
      FUSEBOX_EXCLUDES(mu_);

 private:
  class Call;
  class Service;

  EchoReply Arrived(const grpc::GenericCallbackServerContext& context)
      FUSEBOX_EXCLUDES(mu_);
  void Ended() FUSEBOX_EXCLUDES(mu_);
  void IsSilent(Call* call) FUSEBOX_EXCLUDES(mu_);
  // Whether it was silent until now.
  bool IsNoLongerSilent(Call* call) FUSEBOX_EXCLUDES(mu_);
  // Waits until `*number`, guarded by mu_, is `count` or more.
  void WaitFor(const size_t* number, size_t count) const FUSEBOX_EXCLUDES(mu_);

  mutable Mutex mu_;
  mutable std::condition_variable_any changed_;
  size_t calls_ FUSEBOX_GUARDED_BY(mu_) = 0;
  size_t ends_ FUSEBOX_GUARDED_BY(mu_) = 0;
  std::set<Call*> silent_ FUSEBOX_GUARDED_BY(mu_);
  size_t silences_ FUSEBOX_GUARDED_BY(mu_) = 0;  // so far
  EchoReply reply_ FUSEBOX_GUARDED_BY(mu_);
  std::deque<EchoReply> enqueued_ FUSEBOX_GUARDED_BY(mu_);
  std::multimap<std::string, std::string> metadata_ FUSEBOX_GUARDED_BY(mu_);

  std::string address_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_GRPC_ECHO_SERVER_H_
