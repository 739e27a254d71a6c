// The flavours of the sync API.

#include <grpcpp/support/sync_stream.h>

#include <future>
#include <memory>
#include <utility>
#include <vector>

#include "tests/grpc/driver.h"
#include "tests/grpc/echo.grpc.pb.h"
#include "tests/grpc/flavours.h"

namespace fusebox {
namespace {

using test::Echo;
using test::Text;

// Records what the operations of a stream return. Only the members that are
// used are instantiated: a ClientWriter has nothing to read.
template <typename Stream>
class SyncStream {
 public:
  SyncStream(Rpc* rpc, std::unique_ptr<Stream> stream)
      : rpc_(*rpc), stream_(std::move(stream)) {
    if (!rpc_.Is(kInitialMetadata)) return;
    stream_->WaitForInitialMetadata();
    rpc_.Note("InitialMetadata", true);
  }
  bool Write(const Text& text, const grpc::WriteOptions& options) {
    return rpc_.Note("Write", stream_->Write(text, options));
  }
  bool WritesDone() { return rpc_.Note("WritesDone", stream_->WritesDone()); }
  bool Read(Text* text) { return rpc_.Note("Read", stream_->Read(text)); }

  // Reads on another thread. Either that thread or the first Write() may come
  // first. Nothing that the test sees depends on the order.
  void StartRead(Text* text) {
    reading_ = std::async(std::launch::async,
                          [this, text] { return stream_->Read(text); });
  }
  bool AwaitRead() { return rpc_.Note("Read", reading_.get()); }

  void Finish() { rpc_.Finished(stream_->Finish()); }

 private:
  Rpc& rpc_;
  const std::unique_ptr<Stream> stream_;
  std::future<bool> reading_;
};

void SyncUnary(Rpc& rpc) {
  Text reply;
  rpc.Finished(
      Echo::NewStub(rpc.channel)->Say(rpc.context, Request<Text>(1), &reply));
  if (rpc.seen.status.ok()) rpc.Reply(reply.text());
}

void SyncClientStream(Rpc& rpc) {
  Text reply;
  SyncStream stream(&rpc,
                    Echo::NewStub(rpc.channel)->Collect(rpc.context, &reply));
  if (!WriteRequests<Text>(rpc, stream)) return;
  stream.Finish();
  if (rpc.seen.status.ok()) rpc.Reply(reply.text());
}

void SyncServerStream(Rpc& rpc) {
  SyncStream stream(
      &rpc, Echo::NewStub(rpc.channel)->Repeat(rpc.context, Request<Text>(1)));
  if (ReadReplies<Text>(rpc, stream)) stream.Finish();
}

void SyncBidi(Rpc& rpc) {
  SyncStream stream(&rpc, Echo::NewStub(rpc.channel)->Chat(rpc.context));
  if (Converse<Text>(rpc, stream)) stream.Finish();
}

constexpr Flavour SyncRow(const char* name, Shape shape, unsigned how,
                          void (*drive)(Rpc&), const char* when_rejected) {
  return {name, Api::kSync, shape, how, drive, when_rejected};
}

}  // namespace

std::vector<Flavour> SyncFlavours() {
  return {
      SyncRow("SyncUnary", Shape::kUnary, kPlain, SyncUnary, ""),

      SyncRow("SyncClientStream", Shape::kClientStream, kPlain,
              SyncClientStream, "Write- WritesDone+"),
      SyncRow("SyncClientStreamCorked", Shape::kClientStream, kCorked,
              SyncClientStream, "Write- WritesDone+"),
      SyncRow("SyncClientStreamWriteLast", Shape::kClientStream, kWriteLast,
              SyncClientStream, "Write-"),
      SyncRow("SyncClientStreamWaitForInitialMetadata", Shape::kClientStream,
              kInitialMetadata, SyncClientStream,
              "InitialMetadata+ Write- WritesDone+"),

      SyncRow("SyncServerStream", Shape::kServerStream, kPlain,
              SyncServerStream, "Read-"),
      SyncRow("SyncServerStreamWaitForInitialMetadata", Shape::kServerStream,
              kInitialMetadata, SyncServerStream, "InitialMetadata+ Read-"),

      SyncRow("SyncBidi", Shape::kBidi, kPlain, SyncBidi,
              "Write- WritesDone+ Read-"),
      SyncRow("SyncBidiCorked", Shape::kBidi, kCorked, SyncBidi,
              "Write- WritesDone+ Read-"),
      SyncRow("SyncBidiWriteLast", Shape::kBidi, kWriteLast, SyncBidi,
              "Write- Read-"),
      SyncRow("SyncBidiWaitForInitialMetadata", Shape::kBidi, kInitialMetadata,
              SyncBidi, "InitialMetadata+ Write- WritesDone+ Read-"),
      SyncRow("SyncBidiReadBeforeCorkedWrite", Shape::kBidi,
              kCorked | kReadFirst, SyncBidi, "Write- WritesDone+ Read-"),
  };
}

}  // namespace fusebox
