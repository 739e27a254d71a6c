// fake_batch.h: gRPC's interceptor batches without gRPC.
//
//   fusebox::FakeBatch batch({Hook::PRE_SEND_INITIAL_METADATA});
//   interceptor.Intercept(&batch);
//   EXPECT_TRUE(batch.proceeded());
//
// Drives an interceptor's hooks from any threads, with no gRPC library in the
// process: the only way to put an interceptor under ThreadSanitizer without
// false reports, or suppressions that hide true ones.

#ifndef FUSEBOX_TESTS_GRPC_FAKE_BATCH_H_
#define FUSEBOX_TESTS_GRPC_FAKE_BATCH_H_

#include <grpcpp/support/client_interceptor.h>
#include <grpcpp/support/interceptor.h>
#include <grpcpp/support/status.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace fusebox {

// One call of Intercept(). Not thread-safe, as a real batch is not.
class FakeBatch final : public grpc::experimental::InterceptorBatchMethods {
 public:
  using Hook = grpc::experimental::InterceptionHookPoints;

  explicit FakeBatch(std::set<Hook> hooks) : hooks_(std::move(hooks)) {}

  // What the interceptor reads or replaces.
  grpc::Status status;
  void* received_message = nullptr;
  const void* sent_message = nullptr;
  grpc::ByteBuffer* sent_bytes = nullptr;
  std::multimap<std::string, std::string> sent_metadata;

  // Called by Hijack(): where gRPC enters the interceptor again.
  std::function<void()> on_hijack;

  // Called by Proceed(), last: the RPC may be gone when it returns.
  std::function<void()> on_proceed;

  // What the interceptor did.
  bool proceeded() const { return proceeded_; }
  bool hijacked() const { return hijacked_; }
  bool failed_send() const { return failed_send_; }
  bool failed_receive() const { return failed_receive_; }

  bool QueryInterceptionHookPoint(Hook hook) override {
    return hooks_.count(hook) != 0;
  }
  void Proceed() override {
    proceeded_ = true;
    if (on_proceed) on_proceed();
  }
  void Hijack() override {
    hijacked_ = true;
    hooks_.clear();
    if (on_hijack) on_hijack();
  }
  void FailHijackedRecvMessage() override { failed_receive_ = true; }
  void FailHijackedSendMessage() override { failed_send_ = true; }
  void* GetRecvMessage() override { return received_message; }
  const void* GetSendMessage() override { return sent_message; }
  grpc::ByteBuffer* GetSerializedSendMessage() override { return sent_bytes; }
  std::multimap<std::string, std::string>* GetSendInitialMetadata() override {
    return &sent_metadata;
  }
  grpc::Status* GetRecvStatus() override { return &status; }
  std::multimap<grpc::string_ref, grpc::string_ref>* GetRecvTrailingMetadata()
      override {
    return &trailers_;
  }

  // What the interceptor put there; views, as gRPC has them.
  const std::multimap<grpc::string_ref, grpc::string_ref>& trailers() const {
    return trailers_;
  }

  // Nothing that a circuit breaker looks at.
  void ModifySendMessage(const void*) override {}
  bool GetSendMessageStatus() override { return true; }
  grpc::Status GetSendStatus() override { return grpc::Status(); }
  void ModifySendStatus(const grpc::Status&) override {}
  std::multimap<std::string, std::string>* GetSendTrailingMetadata() override {
    return nullptr;
  }
  std::multimap<grpc::string_ref, grpc::string_ref>* GetRecvInitialMetadata()
      override {
    return nullptr;
  }
  std::unique_ptr<grpc::ChannelInterface> GetInterceptedChannel() override {
    return nullptr;
  }

 private:
  std::set<Hook> hooks_;
  std::multimap<grpc::string_ref, grpc::string_ref> trailers_;
  bool proceeded_ = false;
  bool hijacked_ = false;
  bool failed_send_ = false;
  bool failed_receive_ = false;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_GRPC_FAKE_BATCH_H_
