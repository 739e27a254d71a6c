// echo_server.h: the service Echo, for typed and generic calls of all shapes.
//
//   EchoServer server;
//   server.Respond(EchoReply::BreakAfter(2, unavailable));
//
// How it answers by default:
//   Say      the request
//   Collect  one reply after the client has closed: all requests, "1 2 3"
//   Repeat   the request, three times
//   Chat     each request, as it comes, until the client closes
// It adds the trailer "from: echo" to every status that it sends.

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

// Describes how one call is answered.
struct EchoReply {
  static EchoReply Succeed() { return {}; }

  // Ends the call with a status before it has read anything.
  static EchoReply Fail(grpc::Status status) {
    return {After::kStatus, 0, std::move(status)};
  }

  // Sends `replies` replies and then a status. The stream breaks.
  static EchoReply BreakAfter(int replies, grpc::Status status) {
    return {After::kStatus, replies, std::move(status)};
  }

  // Sends `replies` replies and then nothing, until the call is cancelled,
  // EndSilence() is called, or the server is destroyed.
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

  // Returns an address like "127.0.0.1:54321".
  const std::string& address() const { return address_; }

  // Returns a channel that stays within the process.
  std::shared_ptr<grpc::Channel> InProcessChannel(
      InterceptorFactories factories,
      const grpc::ChannelArguments& arguments = {});

  // Answers every later call like this. The default is Succeed().
  void Respond(EchoReply reply) FUSEBOX_EXCLUDES(mu_);

  // Answers one call like this: the next one that no earlier Enqueue() answers.
  void Enqueue(EchoReply reply) FUSEBOX_EXCLUDES(mu_);

  // Ends the silent calls with `status`.
  void EndSilence(const grpc::Status& status) FUSEBOX_EXCLUDES(mu_);

  // Return how many calls arrived, and block until so many have arrived or
  // fallen silent.
  size_t calls() const FUSEBOX_EXCLUDES(mu_);
  void WaitForCalls(size_t count) const FUSEBOX_EXCLUDES(mu_);
  void WaitForSilence(size_t count) const FUSEBOX_EXCLUDES(mu_);

  // Returns the metadata of the call that arrived last.
  std::multimap<std::string, std::string> metadata() const
      FUSEBOX_EXCLUDES(mu_);

 private:
  class Call;
  class Service;

  EchoReply Arrived(const grpc::GenericCallbackServerContext& context)
      FUSEBOX_EXCLUDES(mu_);
  void IsSilent(Call* call) FUSEBOX_EXCLUDES(mu_);
  // Ends the silence of `call`. Returns true if the call was silent until now.
  bool IsNoLongerSilent(Call* call) FUSEBOX_EXCLUDES(mu_);
  // Waits until `*number`, which mu_ guards, is at least `count`.
  void WaitFor(const size_t* number, size_t count) const FUSEBOX_EXCLUDES(mu_);

  mutable Mutex mu_;
  mutable std::condition_variable_any changed_;
  size_t calls_ FUSEBOX_GUARDED_BY(mu_) = 0;
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
