// The flavours of the callback API.

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/client_callback.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <utility>
#include <vector>

#include "fusebox/base/mutex.h"
#include "tests/grpc/driver.h"
#include "tests/grpc/echo.grpc.pb.h"
#include "tests/grpc/flavours.h"

namespace fusebox {
namespace {

using grpc::ByteBuffer;
using test::Echo;
using test::Text;

// The end of a call. A second end would set the promise twice, which aborts the
// test.
class Done {
 public:
  void Set(grpc::Status status) { done_.set_value(std::move(status)); }
  grpc::Status Await() { return done_.get_future().get(); }

 private:
  std::promise<grpc::Status> done_;
};

class UnaryReactor final : public grpc::ClientUnaryReactor {
 public:
  explicit UnaryReactor(Rpc* rpc) : rpc_(*rpc) {}
  grpc::Status Await() { return done_.Await(); }

 private:
  void OnReadInitialMetadataDone(bool ok) override {
    rpc_.Note("InitialMetadata", ok);
  }
  void OnDone(const grpc::Status& status) override { done_.Set(status); }

  Rpc& rpc_;
  Done done_;
};

// `call` makes the call with a function, `prepare` with a reactor.
template <typename Message, typename Call, typename Prepare>
void CallbackAsk(Rpc& rpc, Call call, Prepare prepare) {
  const Message request = Request<Message>(1);
  Message reply;
  if (rpc.Is(kReactor)) {
    UnaryReactor reactor(&rpc);
    prepare(&request, &reply, &reactor);
    if (!rpc.starts()) return;
    reactor.StartCall();
    rpc.Finished(reactor.Await());
  } else {
    Done done;
    call(&request, &reply,
         [&](grpc::Status status) { done.Set(std::move(status)); });
    rpc.Finished(done.Await());
  }
  if (rpc.seen.status.ok()) rpc.Reply(Print(reply));
}

void CallbackUnary(Rpc& rpc) {
  const auto stub = Echo::NewStub(rpc.channel);
  const auto call = [&](auto... arguments) {
    stub->async()->Say(rpc.context, std::move(arguments)...);
  };
  CallbackAsk<Text>(rpc, call, call);
}

void CallbackGenericUnary(Rpc& rpc) {
  grpc::GenericStub stub(rpc.channel);
  CallbackAsk<ByteBuffer>(
      rpc,
      [&](auto... arguments) {
        stub.UnaryCall(rpc.context, kSay, grpc::StubOptions(),
                       std::move(arguments)...);
      },
      [&](auto... arguments) {
        stub.PrepareUnaryCall(rpc.context, kSay, grpc::StubOptions(),
                              arguments...);
      });
}

// The reactions of all three kinds of streams. A reaction that `Base` does not
// declare overrides nothing and is never instantiated. Hence none is marked
// `override`.
template <typename Base, typename Message, bool kWrites, bool kReads>
class StreamReactor final : public Base {
 public:
  explicit StreamReactor(Rpc* rpc) : rpc_(*rpc) {}

  // Runs a prepared call.
  void Run() {
    if (rpc_.Is(kHold)) return RunFromOutside();
    if constexpr (kReads) {
      if (!rpc_.Is(kReadLate)) this->StartRead(&reply_);
    }
    if constexpr (kWrites) Write();
    this->StartCall();
    rpc_.Finished(done_.Await());
  }

  void OnReadInitialMetadataDone(bool ok) {
    rpc_.Note("InitialMetadata", ok);
    if constexpr (kReads) {
      if (ok && rpc_.Is(kReadLate)) this->StartRead(&reply_);
    }
  }
  void OnDone(const grpc::Status& status) { done_.Set(status); }

  void OnWriteDone(bool ok) {
    rpc_.Note("Write", ok);
    const bool last = requests_ == kRequests;
    if (!kReads && ok && requests_ == 1) rpc_.GoOn();
    if (ok && !last) {
      Next([this] { Write(); });
    } else if (rpc_.Is(kWriteLast)) {
      Next(nullptr);
    } else {
      Next([this] { this->StartWritesDone(); });
    }
  }
  void OnWritesDoneDone(bool ok) {
    rpc_.Note("WritesDone", ok);
    Next(nullptr);
  }
  void OnReadDone(bool ok) {
    rpc_.Note("Read", ok);
    if (!ok) return Next(nullptr);
    rpc_.Reply(Print(reply_));
    if (rpc_.seen.replies.size() == 1) rpc_.GoOn();
    Next([this] { this->StartRead(&reply_); });
  }

 private:
  void Write() {
    request_ = Request<Message>(++requests_);
    if (rpc_.Is(kWriteLast) && requests_ == kRequests) {
      this->StartWriteLast(&request_, grpc::WriteOptions());
    } else {
      this->StartWrite(&request_);
    }
  }

  // Runs the step that follows a reaction or, under a hold, queues it. `step`
  // is null if the chain of operations is over.
  void Next(std::function<void()> step) {
    if (!rpc_.Is(kHold)) {
      if (step) step();
      return;
    }
    MutexLock lock(mu_);
    steps_.push_back(std::move(step));
    step_came_.notify_one();
  }

  std::function<void()> AwaitStep() {
    MutexLock lock(mu_);
    while (steps_.empty()) step_came_.wait(mu_);
    auto step = std::move(steps_.front());
    steps_.pop_front();
    return step;
  }

  // Starts every operation on the application's thread, under a hold.
  void RunFromOutside() {
    this->AddHold();
    this->StartCall();
    int chains = 0;
    if constexpr (kReads) {
      this->StartRead(&reply_);
      ++chains;
    }
    if constexpr (kWrites) {
      Write();
      ++chains;
    }
    while (chains > 0) {
      if (const auto step = AwaitStep()) {
        step();
      } else {
        --chains;
      }
    }
    this->RemoveHold();
    rpc_.Finished(done_.Await());
  }

  Rpc& rpc_;
  Done done_;
  Message request_;
  int requests_ = 0;  // written so far
  Message reply_;

  Mutex mu_;
  std::condition_variable_any step_came_;
  std::deque<std::function<void()>> steps_ FUSEBOX_GUARDED_BY(mu_);
};

void CallbackClientStream(Rpc& rpc) {
  const auto stub = Echo::NewStub(rpc.channel);
  Text reply;
  StreamReactor<grpc::ClientWriteReactor<Text>, Text, true, false> reactor(
      &rpc);
  stub->async()->Collect(rpc.context, &reply, &reactor);
  if (!rpc.starts()) return;
  reactor.Run();
  if (rpc.seen.status.ok()) rpc.Reply(reply.text());
}

void CallbackServerStream(Rpc& rpc) {
  const auto stub = Echo::NewStub(rpc.channel);
  const Text request = Request<Text>(1);
  StreamReactor<grpc::ClientReadReactor<Text>, Text, false, true> reactor(&rpc);
  stub->async()->Repeat(rpc.context, &request, &reactor);
  if (rpc.starts()) reactor.Run();
}

void CallbackBidi(Rpc& rpc) {
  const auto stub = Echo::NewStub(rpc.channel);
  StreamReactor<grpc::ClientBidiReactor<Text, Text>, Text, true, true> reactor(
      &rpc);
  stub->async()->Chat(rpc.context, &reactor);
  if (rpc.starts()) reactor.Run();
}

void CallbackGenericBidi(Rpc& rpc) {
  grpc::GenericStub stub(rpc.channel);
  StreamReactor<grpc::ClientBidiReactor<ByteBuffer, ByteBuffer>, ByteBuffer,
                true, true>
      reactor(&rpc);
  stub.PrepareBidiStreamingCall(rpc.context, kChat, grpc::StubOptions(),
                                &reactor);
  if (rpc.starts()) reactor.Run();
}

Flavour CallbackRow(const char* name, Shape shape, unsigned how,
                    void (*drive)(Rpc&), const char* when_rejected) {
  return {name, Api::kCallback, shape, how, drive, when_rejected};
}

constexpr char kWriteRejected[] = "InitialMetadata+ Write- WritesDone+";
constexpr char kReadRejected[] = "InitialMetadata- Read-";
constexpr char kBidiRejected[] = "InitialMetadata+ Write- WritesDone+ Read-";

}  // namespace

std::vector<Flavour> CallbackFlavours() {
  const Shape unary = Shape::kUnary;
  const Shape client = Shape::kClientStream;
  const Shape server = Shape::kServerStream;
  const Shape bidi = Shape::kBidi;
  return {
      CallbackRow("CallbackUnary", unary, kPlain, CallbackUnary, ""),
      CallbackRow("UnaryReactor", unary, kReactor, CallbackUnary,
                  "InitialMetadata+"),
      CallbackRow("GenericCallbackUnary", unary, kGeneric, CallbackGenericUnary,
                  ""),
      CallbackRow("GenericUnaryReactor", unary, kGeneric | kReactor,
                  CallbackGenericUnary, "InitialMetadata+"),

      CallbackRow("ReadReactor", server, kPlain, CallbackServerStream,
                  kReadRejected),
      CallbackRow("ReadReactorHold", server, kHold, CallbackServerStream,
                  kReadRejected),
      CallbackRow("ReadReactorReadAfterInitialMetadata", server, kReadLate,
                  CallbackServerStream, "InitialMetadata-"),

      CallbackRow("WriteReactor", client, kPlain, CallbackClientStream,
                  kWriteRejected),
      CallbackRow("WriteReactorHold", client, kHold, CallbackClientStream,
                  kWriteRejected),
      CallbackRow("WriteReactorWriteLast", client, kWriteLast,
                  CallbackClientStream, "InitialMetadata+ Write-"),
      CallbackRow("WriteReactorCorked", client, kCorked, CallbackClientStream,
                  kWriteRejected),
      CallbackRow("WriteReactorCorkedHold", client, kCorked | kHold,
                  CallbackClientStream, kWriteRejected),

      CallbackRow("BidiReactor", bidi, kPlain, CallbackBidi, kBidiRejected),
      CallbackRow("BidiReactorHold", bidi, kHold, CallbackBidi, kBidiRejected),
      CallbackRow("BidiReactorWriteLast", bidi, kWriteLast, CallbackBidi,
                  "InitialMetadata+ Write- Read-"),
      CallbackRow("BidiReactorReadAfterInitialMetadata", bidi, kReadLate,
                  CallbackBidi, kBidiRejected),
      CallbackRow("BidiReactorCorked", bidi, kCorked, CallbackBidi,
                  kBidiRejected),
      CallbackRow("BidiReactorCorkedHold", bidi, kCorked | kHold, CallbackBidi,
                  kBidiRejected),
      CallbackRow("GenericBidiReactor", bidi, kGeneric, CallbackGenericBidi,
                  kBidiRejected),
      CallbackRow("GenericBidiReactorHold", bidi, kGeneric | kHold,
                  CallbackGenericBidi, kBidiRejected),
      CallbackRow("GenericBidiReactorCorked", bidi, kGeneric | kCorked,
                  CallbackGenericBidi, kBidiRejected),
  };
}

}  // namespace fusebox
