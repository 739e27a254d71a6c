// fake_batch.h: imitates gRPC's interceptor batches without gRPC.
//
//   fusebox::FakeBatch batch({Hook::PRE_SEND_INITIAL_METADATA});
//   interceptor.Intercept(&batch);
//   EXPECT_TRUE(batch.proceeded());
//
// It drives an interceptor's hooks from any thread, with no gRPC library in the
// process. Only in this way can ThreadSanitizer check an interceptor without
// false reports, and without suppressions that hide real ones.

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

// One call of Intercept(). Not thread-safe, like a real batch.
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

  // Called by Hijack(), at the point where gRPC enters the interceptor again.
  std::function<void()> on_hijack;

  // Called at the end of Proceed(). The RPC may be destroyed when it returns.
  std::function<void()> on_proceed;

  // Return what the interceptor did.
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

  // Returns the trailers that the interceptor set. They are views, as in gRPC.
  const std::multimap<grpc::string_ref, grpc::string_ref>& trailers() const {
    return trailers_;
  }

  // A circuit breaker uses none of these.
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
