#include "demo/steady_client.h"

#include <grpc/grpc.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "demo/ledger.h"
#include "examples/quickstart/greeter.grpc.pb.h"
#include "fusebox/grpc/rejection.h"

namespace outage {
namespace {

// What gRPC needs until the call ends.
struct PendingCall {
  grpc::ClientContext context;
  fusebox::example::GreetRequest request;
  fusebox::example::GreetReply reply;
};

Ending EndingOf(const grpc::Status& status) {
  if (status.ok()) return Ending::kOk;
  return fusebox::IsRejection(status) ? Ending::kRejected : Ending::kFailed;
}

}  // namespace

SteadyClient::SteadyClient(std::shared_ptr<grpc::Channel> channel,
                           double calls_per_second, std::string method,
                           Ledger::Keep keep)
    : channel_(std::move(channel)),
      interval_(std::chrono::round<Duration>(
          std::chrono::duration<double>(1 / calls_per_second))),
      method_(std::move(method)),
      stub_(channel_),
      ledger_(keep) {}

bool SteadyClient::Connect(std::chrono::seconds timeout) {
  return channel_->WaitForConnected(std::chrono::system_clock::now() + timeout);
}

void SteadyClient::Start() {
  thread_ = std::thread([this] { Run(); });
}

void SteadyClient::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mu_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  ledger_.WaitUntilAllEnded();
}

void SteadyClient::Run() {
  TimePoint next = Now();
  std::unique_lock<std::mutex> lock(mu_);
  while (!stopping_) {
    lock.unlock();
    Call();
    next += interval_;
    lock.lock();
    while (!stopping_ && Now() < next) {
      if (again_ && *again_ <= Now()) {
        again_.reset();
        lock.unlock();
        Call();
        lock.lock();
        continue;
      }
      changed_.wait_until(lock, again_ ? std::min(*again_, next) : next);
    }
  }
}

// Calls again after `wait`, unless a regular call comes before that.
void SteadyClient::CallAgainAfter(Duration wait) {
  if (wait <= Duration::zero() || wait >= interval_) return;
  const std::lock_guard<std::mutex> lock(mu_);
  again_ = Now() + wait;
  changed_.notify_all();
}

void SteadyClient::Call() {
  const size_t number =
      ledger_.Begin(channel_->GetState(false) == GRPC_CHANNEL_READY);
  auto* call = new PendingCall;
  call->context.set_deadline(std::chrono::system_clock::now() + kDeadline);
  call->request.set_name("Ada");
  stub_.UnaryCall(
      &call->context, method_, grpc::StubOptions(), &call->request,
      &call->reply, [this, number, call](const grpc::Status& status) {
        const Ending ending = EndingOf(status);
        const int code = status.error_code();
        if (const auto why = fusebox::GetRejection(status)) {
          CallAgainAfter(why->retry_after.value_or(Duration::zero()));
        }
        delete call;
        // This must be last, because then Stop() returns.
        ledger_.End(number, ending, code);
      });
}

}  // namespace outage
