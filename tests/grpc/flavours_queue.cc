// The flavours of the completion-queue API.

#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/async_stream.h>
#include <grpcpp/support/async_unary_call.h>
#include <grpcpp/support/byte_buffer.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "tests/grpc/driver.h"
#include "tests/grpc/echo.grpc.pb.h"
#include "tests/grpc/flavours.h"

namespace fusebox {
namespace {

using grpc::ByteBuffer;
using test::Echo;
using test::Text;

// A completion queue for one call. Its tags are the names of the operations.
class Queue {
 public:
  explicit Queue(Rpc* rpc) : rpc_(*rpc) {}

  // Shuts the queue down and takes the remaining events. An event that is
  // delivered twice would show up here.
  ~Queue() {
    queue_.Shutdown();
    while (Next()) {
    }
    for (const auto& [tag, ok] : arrived_) Note(tag, ok);
  }

  grpc::CompletionQueue* get() { return &queue_; }

  static void* Tag(const char* operation) {
    return const_cast<char*>(operation);
  }

  // Waits for the operation's event. Other events may come before it.
  bool Await(const char* operation) {
    while (arrived_.count(operation) == 0) {
      if (!Next()) std::abort();
    }
    const bool ok = arrived_.at(operation);
    arrived_.erase(operation);
    return Note(operation, ok);
  }

 private:
  bool Next() {
    void* tag;
    bool ok;
    if (!queue_.Next(&tag, &ok)) return false;
    const auto operation = static_cast<const char*>(tag);
    if (!arrived_.emplace(operation, ok).second) Note(operation, ok);
    return true;
  }
  bool Note(const char* operation, bool ok) { return rpc_.Note(operation, ok); }

  Rpc& rpc_;
  grpc::CompletionQueue queue_;
  std::map<const char*, bool> arrived_;
};

constexpr char kStart[] = "Start";
constexpr char kMetadata[] = "InitialMetadata";
constexpr char kWrite[] = "Write";
constexpr char kWritesDone[] = "WritesDone";
constexpr char kRead[] = "Read";
constexpr char kFinish[] = "Finish";

// A stream whose operations wait for their events. Only the members that are
// used are instantiated.
template <typename Stream>
class QueueStream {
 public:
  QueueStream(Rpc* rpc, std::unique_ptr<Queue> queue,
              std::unique_ptr<Stream> stream)
      : rpc_(*rpc), queue_(std::move(queue)), stream_(std::move(stream)) {}

  // Returns false if the call does not start.
  bool Start() {
    if (!rpc_.starts()) return false;
    if (rpc_.Is(kPrepared)) stream_->StartCall(Queue::Tag(kStart));
    if (!rpc_.Is(kCorked)) queue_->Await(kStart);
    if (rpc_.Is(kInitialMetadata)) {
      stream_->ReadInitialMetadata(Queue::Tag(kMetadata));
      queue_->Await(kMetadata);
    }
    return true;
  }
  template <typename Message>
  bool Write(const Message& message, const grpc::WriteOptions& options) {
    stream_->Write(message, options, Queue::Tag(kWrite));
    return queue_->Await(kWrite);
  }
  bool WritesDone() {
    stream_->WritesDone(Queue::Tag(kWritesDone));
    return queue_->Await(kWritesDone);
  }
  template <typename Message>
  void StartRead(Message* message) {
    stream_->Read(message, Queue::Tag(kRead));
  }
  bool AwaitRead() { return queue_->Await(kRead); }
  template <typename Message>
  bool Read(Message* message) {
    StartRead(message);
    return AwaitRead();
  }
  void Finish() {
    grpc::Status status;
    stream_->Finish(&status, Queue::Tag(kFinish));
    queue_->Await(kFinish);
    rpc_.Finished(status);
  }

 private:
  Rpc& rpc_;
  const std::unique_ptr<Queue> queue_;
  const std::unique_ptr<Stream> stream_;
};

// `make` starts or prepares the call on the queue that it receives.
template <typename Make>
auto MakeStream(Rpc* rpc, Make make) {
  auto queue = std::make_unique<Queue>(rpc);
  auto stream = make(queue->get());
  using Stream = typename decltype(stream)::element_type;
  return QueueStream<Stream>(rpc, std::move(queue), std::move(stream));
}

template <typename Message, typename Make>
void QueueAsk(Rpc& rpc, Make make) {
  Queue queue(&rpc);
  Message reply;
  grpc::Status status;
  const auto reader = make(queue.get());
  if (!rpc.starts()) return;
  if (rpc.Is(kPrepared)) reader->StartCall();
  if (rpc.Is(kInitialMetadata)) {
    reader->ReadInitialMetadata(Queue::Tag(kMetadata));
    queue.Await(kMetadata);
    if (rpc.plan.end == Plan::End::kNotFinished) return;
  }
  reader->Finish(&reply, &status, Queue::Tag(kFinish));
  queue.Await(kFinish);
  rpc.Finished(status);
  if (status.ok()) rpc.Reply(Print(reply));
}

void QueueUnary(Rpc& rpc) {
  QueueAsk<Text>(rpc, [&](grpc::CompletionQueue* queue) {
    const auto stub = Echo::NewStub(rpc.channel);
    const Text request = Request<Text>(1);
    return rpc.Is(kPrepared)
               ? stub->PrepareAsyncSay(rpc.context, request, queue)
               : stub->AsyncSay(rpc.context, request, queue);
  });
}

void QueueGenericUnary(Rpc& rpc) {
  QueueAsk<ByteBuffer>(rpc, [&](grpc::CompletionQueue* queue) {
    return grpc::GenericStub(rpc.channel)
        .PrepareUnaryCall(rpc.context, kSay, Request<ByteBuffer>(1), queue);
  });
}

void QueueClientStream(Rpc& rpc) {
  Text reply;
  auto stream = MakeStream(&rpc, [&](grpc::CompletionQueue* queue) {
    const auto stub = Echo::NewStub(rpc.channel);
    return rpc.Is(kPrepared)
               ? stub->PrepareAsyncCollect(rpc.context, &reply, queue)
               : stub->AsyncCollect(rpc.context, &reply, queue,
                                    Queue::Tag(kStart));
  });
  if (!stream.Start() || !WriteRequests<Text>(rpc, stream)) return;
  stream.Finish();
  if (rpc.seen.status.ok()) rpc.Reply(reply.text());
}

void QueueServerStream(Rpc& rpc) {
  auto stream = MakeStream(&rpc, [&](grpc::CompletionQueue* queue) {
    const auto stub = Echo::NewStub(rpc.channel);
    const Text request = Request<Text>(1);
    return rpc.Is(kPrepared)
               ? stub->PrepareAsyncRepeat(rpc.context, request, queue)
               : stub->AsyncRepeat(rpc.context, request, queue,
                                   Queue::Tag(kStart));
  });
  if (stream.Start() && ReadReplies<Text>(rpc, stream)) stream.Finish();
}

void QueueBidi(Rpc& rpc) {
  auto stream = MakeStream(&rpc, [&](grpc::CompletionQueue* queue) {
    const auto stub = Echo::NewStub(rpc.channel);
    return rpc.Is(kPrepared)
               ? stub->PrepareAsyncChat(rpc.context, queue)
               : stub->AsyncChat(rpc.context, queue, Queue::Tag(kStart));
  });
  if (stream.Start() && Converse<Text>(rpc, stream)) stream.Finish();
}

void QueueGenericBidi(Rpc& rpc) {
  auto stream = MakeStream(&rpc, [&](grpc::CompletionQueue* queue) {
    return grpc::GenericStub(rpc.channel)
        .PrepareCall(rpc.context, kChat, queue);
  });
  if (stream.Start() && Converse<ByteBuffer>(rpc, stream)) stream.Finish();
}

Flavour QueueRow(const char* name, Shape shape, unsigned how,
                 void (*drive)(Rpc&), const char* when_rejected) {
  return {name, Api::kCompletionQueue, shape, how, drive, when_rejected};
}

constexpr unsigned kGenericPrepared = kGeneric | kPrepared;

}  // namespace

std::vector<Flavour> QueueFlavours() {
  const Shape client = Shape::kClientStream;
  const Shape server = Shape::kServerStream;
  const Shape bidi = Shape::kBidi;
  return {
      QueueRow("AsyncUnary", Shape::kUnary, kPlain, QueueUnary, "Finish+"),
      QueueRow("PrepareAsyncUnary", Shape::kUnary, kPrepared, QueueUnary,
               "Finish+"),
      QueueRow("AsyncUnaryInitialMetadata", Shape::kUnary, kInitialMetadata,
               QueueUnary, "InitialMetadata+ Finish+"),
      QueueRow("GenericAsyncUnary", Shape::kUnary, kGenericPrepared,
               QueueGenericUnary, "Finish+"),

      QueueRow("AsyncClientStream", client, kPlain, QueueClientStream,
               "Start+ Write- WritesDone+ Finish+"),
      QueueRow("PrepareAsyncClientStream", client, kPrepared, QueueClientStream,
               "Start+ Write- WritesDone+ Finish+"),
      QueueRow("AsyncClientStreamCorked", client, kCorked, QueueClientStream,
               "Write- WritesDone+ Finish+"),
      QueueRow("AsyncClientStreamWriteLast", client, kWriteLast,
               QueueClientStream, "Start+ Write- Finish+"),
      QueueRow("AsyncClientStreamInitialMetadata", client, kInitialMetadata,
               QueueClientStream,
               "Start+ InitialMetadata+ Write- WritesDone+ Finish+"),

      QueueRow("AsyncServerStream", server, kPlain, QueueServerStream,
               "Start- Read- Finish+"),
      QueueRow("PrepareAsyncServerStream", server, kPrepared, QueueServerStream,
               "Start- Read- Finish+"),
      QueueRow("AsyncServerStreamInitialMetadata", server, kInitialMetadata,
               QueueServerStream, "Start- InitialMetadata+ Read- Finish+"),

      QueueRow("AsyncBidi", bidi, kPlain, QueueBidi,
               "Start+ Write- WritesDone+ Read- Finish+"),
      QueueRow("PrepareAsyncBidi", bidi, kPrepared, QueueBidi,
               "Start+ Write- WritesDone+ Read- Finish+"),
      QueueRow("AsyncBidiCorked", bidi, kCorked, QueueBidi,
               "Write- WritesDone+ Read- Finish+"),
      QueueRow("AsyncBidiWriteLast", bidi, kWriteLast, QueueBidi,
               "Start+ Write- Read- Finish+"),
      QueueRow("AsyncBidiInitialMetadata", bidi, kInitialMetadata, QueueBidi,
               "Start+ InitialMetadata+ Write- WritesDone+ Read- Finish+"),
      QueueRow("AsyncBidiReadBeforeCorkedWrite", bidi, kCorked | kReadFirst,
               QueueBidi, "Write- WritesDone+ Read- Finish+"),
      QueueRow("GenericAsyncBidi", bidi, kGenericPrepared, QueueGenericBidi,
               "Start+ Write- WritesDone+ Read- Finish+"),
      QueueRow("GenericAsyncBidiCorked", bidi, kGenericPrepared | kCorked,
               QueueGenericBidi, "Write- WritesDone+ Read- Finish+"),
      QueueRow("GenericAsyncBidiReadBeforeCorkedWrite", bidi,
               kGenericPrepared | kCorked | kReadFirst, QueueGenericBidi,
               "Write- WritesDone+ Read- Finish+"),
  };
}

}  // namespace fusebox
