// steady_client.h: a client that calls at a steady rate, whatever happens.
//
// A call that waits does not keep the next one from starting, as with the users
// of a busy service (an open loop). If calls are rare, a rejected call is
// repeated at the time that its rejection names (`retry_after`).

#ifndef DEMO_STEADY_CLIENT_H_
#define DEMO_STEADY_CLIENT_H_

#include <google/protobuf/message_lite.h>
#include <grpcpp/channel.h>
#include <grpcpp/generic/generic_stub.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "demo/ledger.h"

namespace outage {

inline constexpr std::chrono::milliseconds kDeadline{500};

class SteadyClient {
 public:
  // Calls `method`, which takes a GreetRequest and returns a GreetReply.
  SteadyClient(std::shared_ptr<grpc::Channel> channel, double calls_per_second,
               std::string method = "/fusebox.example.Greeter/Greet",
               Ledger::Keep keep = Ledger::Keep::kCalls);
  ~SteadyClient() { Stop(); }

  SteadyClient(const SteadyClient&) = delete;
  SteadyClient& operator=(const SteadyClient&) = delete;

  // Waits for the connection. Returns false if there is none in time.
  bool Connect(std::chrono::seconds timeout);

  // Starts to make calls, on a separate thread.
  void Start();

  // Starts no more calls, and waits until all calls have ended.
  void Stop();

  const Ledger& ledger() const { return ledger_; }

 private:
  void Run();
  void Call();
  void CallAgainAfter(Duration wait);

  const std::shared_ptr<grpc::Channel> channel_;
  const Duration interval_;
  const std::string method_;
  // Its messages are protobuf messages, as those of a generated stub are, so
  // that a fallback can read them.
  grpc::TemplatedGenericStub<google::protobuf::MessageLite,
                             google::protobuf::MessageLite>
      stub_;
  Ledger ledger_;
  std::mutex mu_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::optional<TimePoint> again_;
  std::thread thread_;
};

}  // namespace outage

#endif  // DEMO_STEADY_CLIENT_H_
