#include "examples/outage/steady_client.h"

#include <grpc/grpc.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "examples/outage/ledger.h"
#include "examples/quickstart/greeter.grpc.pb.h"
#include "fusebox/grpc/rejection.h"

namespace outage {
namespace {

// What gRPC needs until the call is over.
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

SteadyClient::SteadyClient(std::shared_ptr<grpc::Channel> channel)
    : channel_(std::move(channel)),
      stub_(fusebox::example::Greeter::NewStub(channel_)) {}

bool SteadyClient::Connect(std::chrono::seconds timeout) {
  return channel_->WaitForConnected(std::chrono::system_clock::now() + timeout);
}

void SteadyClient::Start() {
  thread_ = std::thread([this] { Run(); });
}

void SteadyClient::Stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  ledger_.WaitUntilAllEnded();
}

void SteadyClient::Run() {
  TimePoint next = Now();
  while (!stopping_) {
    Call();
    next += std::chrono::nanoseconds(std::chrono::seconds(1)) / kCallsPerSecond;
    std::this_thread::sleep_until(next);
  }
}

void SteadyClient::Call() {
  const size_t number =
      ledger_.Begin(channel_->GetState(false) == GRPC_CHANNEL_READY);
  auto* call = new PendingCall;
  call->context.set_deadline(std::chrono::system_clock::now() + kDeadline);
  call->request.set_name("Ada");
  stub_->async()->Greet(&call->context, &call->request, &call->reply,
                        [this, number, call](const grpc::Status& status) {
                          const Ending ending = EndingOf(status);
                          const int code = status.error_code();
                          delete call;
                          // Last: Stop() returns.
                          ledger_.End(number, ending, code);
                        });
}

}  // namespace outage
