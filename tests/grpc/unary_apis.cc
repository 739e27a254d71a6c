#include "tests/grpc/unary_apis.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/client_callback.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/proto_buffer_writer.h>
#include <grpcpp/support/status.h>

#include <future>
#include <memory>
#include <string>

#include "tests/grpc/echo.grpc.pb.h"

namespace fusebox {
namespace {

using test::Echo;
using test::Text;

Text Hello() {
  Text text;
  text.set_text("hello");
  return text;
}

grpc::ByteBuffer HelloBytes() {
  grpc::Slice slice(Hello().SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

std::string Parse(const grpc::ByteBuffer& bytes) {
  grpc::ByteBuffer copy = bytes;
  Text text;
  if (!copy.Valid()) return "";
  return grpc::GenericDeserialize<grpc::ProtoBufferReader, Text>(&copy, &text)
                 .ok()
             ? text.text()
             : "";
}

Seen Result(const grpc::ClientContext& context, const grpc::Status& status,
            std::string reply) {
  Seen seen;
  seen.status = status;
  seen.reply = std::move(reply);
  for (const auto& [key, value] : context.GetServerTrailingMetadata()) {
    seen.trailers[{key.data(), key.size()}] = {value.data(), value.size()};
  }
  return seen;
}

// Takes every event of the queue; `last` is the tag of the call's end.
void Drain(grpc::CompletionQueue* queue, void* last, Seen* seen) {
  void* tag;
  bool ok;
  while (queue->Next(&tag, &ok)) {
    if (tag == last) {
      ++seen->completions;
      seen->completion_ok = ok;
    }
  }
}

// Waits for the end of a call on a queue of its own.
template <typename Reader, typename Reply, typename Print>
Seen FinishOnQueue(grpc::CompletionQueue* queue, Reader* reader,
                   grpc::ClientContext* context, Reply* reply, Print print) {
  grpc::Status status;
  reader->Finish(reply, &status, &status);
  queue->Shutdown();
  Seen counted;
  Drain(queue, &status, &counted);
  Seen seen = Result(*context, status, print(*reply));
  seen.completions = counted.completions;
  seen.completion_ok = counted.completion_ok;
  return seen;
}

std::string PrintText(const Text& text) { return text.text(); }

Seen Sync(const std::shared_ptr<grpc::Channel>& channel,
          grpc::ClientContext* context) {
  Text reply;
  const grpc::Status status =
      Echo::NewStub(channel)->Say(context, Hello(), &reply);
  Seen seen = Result(*context, status, reply.text());
  seen.completions = 1;
  seen.completion_ok = true;
  return seen;
}

Seen Async(const std::shared_ptr<grpc::Channel>& channel,
           grpc::ClientContext* context) {
  grpc::CompletionQueue queue;
  Text reply;
  const auto reader =
      Echo::NewStub(channel)->AsyncSay(context, Hello(), &queue);
  return FinishOnQueue(&queue, reader.get(), context, &reply, PrintText);
}

Seen PrepareAsync(const std::shared_ptr<grpc::Channel>& channel,
                  grpc::ClientContext* context) {
  grpc::CompletionQueue queue;
  Text reply;
  const auto reader =
      Echo::NewStub(channel)->PrepareAsyncSay(context, Hello(), &queue);
  reader->StartCall();
  return FinishOnQueue(&queue, reader.get(), context, &reply, PrintText);
}

Seen AsyncWithInitialMetadata(const std::shared_ptr<grpc::Channel>& channel,
                              grpc::ClientContext* context) {
  grpc::CompletionQueue queue;
  Text reply;
  const auto reader =
      Echo::NewStub(channel)->AsyncSay(context, Hello(), &queue);
  reader->ReadInitialMetadata(reader.get());
  return FinishOnQueue(&queue, reader.get(), context, &reply, PrintText);
}

Seen GenericAsync(const std::shared_ptr<grpc::Channel>& channel,
                  grpc::ClientContext* context) {
  grpc::CompletionQueue queue;
  grpc::GenericStub stub(channel);
  grpc::ByteBuffer reply;
  const auto reader =
      stub.PrepareUnaryCall(context, kSay, HelloBytes(), &queue);
  reader->StartCall();
  return FinishOnQueue(&queue, reader.get(), context, &reply, Parse);
}

// Completions are counted until the stub and the promise are gone; a second
// one would break the promise's contract and end the test.
Seen Callback(const std::shared_ptr<grpc::Channel>& channel,
              grpc::ClientContext* context) {
  const auto stub = Echo::NewStub(channel);
  const Text request = Hello();
  Text reply;
  std::promise<grpc::Status> done;
  stub->async()->Say(context, &request, &reply, [&](grpc::Status status) {
    done.set_value(std::move(status));
  });
  const grpc::Status status = done.get_future().get();
  Seen seen = Result(*context, status, reply.text());
  seen.completions = 1;
  seen.completion_ok = true;
  return seen;
}

Seen GenericCallback(const std::shared_ptr<grpc::Channel>& channel,
                     grpc::ClientContext* context) {
  grpc::GenericStub stub(channel);
  const grpc::ByteBuffer request = HelloBytes();
  grpc::ByteBuffer reply;
  std::promise<grpc::Status> done;
  stub.UnaryCall(
      context, kSay, grpc::StubOptions(), &request, &reply,
      [&](grpc::Status status) { done.set_value(std::move(status)); });
  const grpc::Status status = done.get_future().get();
  Seen seen = Result(*context, status, Parse(reply));
  seen.completions = 1;
  seen.completion_ok = true;
  return seen;
}

class Reactor final : public grpc::ClientUnaryReactor {
 public:
  grpc::Status Await() { return done_.get_future().get(); }

 private:
  void OnDone(const grpc::Status& status) override { done_.set_value(status); }
  std::promise<grpc::Status> done_;
};

Seen CallbackReactor(const std::shared_ptr<grpc::Channel>& channel,
                     grpc::ClientContext* context) {
  const auto stub = Echo::NewStub(channel);
  const Text request = Hello();
  Text reply;
  Reactor reactor;
  stub->async()->Say(context, &request, &reply, &reactor);
  reactor.StartCall();
  const grpc::Status status = reactor.Await();
  Seen seen = Result(*context, status, reply.text());
  seen.completions = 1;
  seen.completion_ok = true;
  return seen;
}

}  // namespace

const NamedUnaryApi kUnaryApis[8] = {
    {"Sync", Sync, true},
    {"Async", Async, true},
    {"PrepareAsync", PrepareAsync, true},
    {"AsyncWithInitialMetadata", AsyncWithInitialMetadata, true},
    {"GenericAsync", GenericAsync, false},
    {"Callback", Callback, true},
    {"CallbackReactor", CallbackReactor, false},
    {"GenericCallback", GenericCallback, false},
};

}  // namespace fusebox
