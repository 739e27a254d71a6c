// typed_message.h: converts gRPC's opaque message pointers to protobuf
// messages.
//
// An interceptor sees a call's messages as void*. The messages of generated
// stubs point to google::protobuf::MessageLite, through which the stubs make
// their calls. An interceptor cannot distinguish them from those of a
// GenericStub.

#ifndef FUSEBOX_GRPC_INTERNAL_TYPED_MESSAGE_H_
#define FUSEBOX_GRPC_INTERNAL_TYPED_MESSAGE_H_

#include <google/protobuf/message_lite.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/interceptor.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <optional>
#include <string>
#include <utility>

#include "fusebox/base/internal/export.h"

namespace fusebox::internal {

template <typename Message>
Message* As(void* message) {
  return static_cast<Message*>(
      static_cast<google::protobuf::MessageLite*>(message));
}
template <typename Message>
const Message* As(const void* message) {
  return static_cast<const Message*>(
      static_cast<const google::protobuf::MessageLite*>(message));
}

// The message that a batch sends. It is valid until the batch proceeds. It is
// the application's own message. In the completion-queue API, which has already
// serialized that, it is parsed from the bytes.
template <typename Message>
class SentMessage {
 public:
  explicit SentMessage(grpc::experimental::InterceptorBatchMethods* batch) {
    using Hook = grpc::experimental::InterceptionHookPoints;
    if (!batch->QueryInterceptionHookPoint(Hook::PRE_SEND_MESSAGE)) return;
    message_ = As<Message>(batch->GetSendMessage());
    if (message_ != nullptr) return;
    const grpc::ByteBuffer* const bytes = batch->GetSerializedSendMessage();
    if (bytes == nullptr || !bytes->Valid()) return;
    grpc::ByteBuffer copy(*bytes);  // copies references; the call keeps its own
    grpc::ProtoBufferReader reader(&copy);
    if (reader.status().ok() &&
        parsed_.emplace().ParseFromZeroCopyStream(&reader)) {
      message_ = &*parsed_;
    }
  }

  // Returns null if there is no message or it could not be parsed.
  const Message* get() const { return message_; }

 private:
  const Message* message_ = nullptr;
  std::optional<Message> parsed_;
};

// A response on its way to the application.
class Reply {
 public:
  virtual ~Reply() = default;
  virtual google::protobuf::MessageLite& message() = 0;

  // Moves the message into `response`, which is the application's.
  virtual void MoveTo(void* response) = 0;
};

template <typename Response>
class TypedReply final : public Reply {
 public:
  Response& message() override { return message_; }
  void MoveTo(void* response) override {
    *As<Response>(response) = std::move(message_);
  }

 private:
  Response message_;
};

// Appends the message's bytes. They are the same for equal messages of this
// process, whatever the order of their maps. Returns false if the message is
// too large.
FUSEBOX_EXPORT bool AppendBytes(const google::protobuf::MessageLite& message,
                                std::string* bytes);

}  // namespace fusebox::internal

#endif  // FUSEBOX_GRPC_INTERNAL_TYPED_MESSAGE_H_
