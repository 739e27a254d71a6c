// driver.h: the parts from which the flavours are built.

#ifndef FUSEBOX_TESTS_GRPC_DRIVER_H_
#define FUSEBOX_TESTS_GRPC_DRIVER_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/client_callback.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "fusebox/base/mutex.h"
#include "tests/grpc/echo.grpc.pb.h"
#include "tests/grpc/flavours.h"

namespace fusebox {

// Options that distinguish the flavours of one API and shape.
enum How : unsigned {
  kPlain = 0,
  kPrepared = 1 << 0,         // uses PrepareAsync and StartCall
  kGeneric = 1 << 1,          // uses a GenericStub
  kCorked = 1 << 2,           // sends initial metadata with the first write
  kWriteLast = 1 << 3,        // closes the stream with the last write
  kInitialMetadata = 1 << 4,  // asks for the server's initial metadata first
  kReadFirst = 1 << 5,        // reads before it writes
  kHold = 1 << 6,      // callback: starts operations outside the reactions
  kReactor = 1 << 7,   // callback, unary: uses a reactor, not a function
  kReadLate = 1 << 8,  // callback: reads after the initial metadata
};

// A call in progress, and what the application has seen of it so far.
struct Rpc {
  const std::shared_ptr<grpc::Channel>& channel;
  grpc::ClientContext* const context;
  const unsigned how;
  const Plan& plan;
  Seen seen;
  Mutex mu;  // reactions may overlap

  bool Is(How which) const { return (how & which) != 0; }

  // Returns `ok`.
  bool Note(const char* operation, bool ok) {
    MutexLock lock(mu);
    seen.returned[operation] += ok ? '+' : '-';
    return ok;
  }
  void Reply(std::string text) { seen.replies.push_back(std::move(text)); }

  // Runs the plan's midway step. Returns false if the application abandons the
  // call.
  bool GoOn() const {
    if (plan.midway) plan.midway();
    return plan.end == Plan::End::kFinished;
  }
  bool starts() const { return plan.end != Plan::End::kNotStarted; }

  void Finished(grpc::Status status) {
    seen.status = std::move(status);
    ++seen.completions;
  }
};

// Return the flavours of each API.
std::vector<Flavour> SyncFlavours();
std::vector<Flavour> QueueFlavours();
std::vector<Flavour> CallbackFlavours();

// Convert messages, typed and generic.
test::Text MakeText(const std::string& text);
grpc::ByteBuffer Serialize(const test::Text& text);
std::string Print(const test::Text& text);
std::string Print(const grpc::ByteBuffer& bytes);  // "" if it is not a Text

template <typename Message>
Message Request(int number) {
  const test::Text text = MakeText(std::to_string(number));
  if constexpr (std::is_same_v<Message, test::Text>) {
    return text;
  } else {
    return Serialize(text);
  }
}

// These implement the application's side of each shape, on a stream whose
// operations block. Each operation is recorded with Note().

template <typename Message, typename Stream>
bool WriteNumber(Rpc& rpc, Stream& stream, int number) {
  grpc::WriteOptions options;
  if (rpc.Is(kWriteLast) && number == kRequests) options.set_last_message();
  return stream.Write(Request<Message>(number), options);
}

template <typename Message, typename Stream>
bool WriteRequests(Rpc& rpc, Stream& stream) {
  for (int i = 1; i <= kRequests; ++i) {
    if (!WriteNumber<Message>(rpc, stream, i)) break;
    if (i == 1 && !rpc.GoOn()) return false;
  }
  if (!rpc.Is(kWriteLast)) stream.WritesDone();
  return true;
}

template <typename Message, typename Stream>
bool ReadReplies(Rpc& rpc, Stream& stream) {
  Message reply;
  for (bool first = true; stream.Read(&reply); first = false) {
    rpc.Reply(Print(reply));
    if (first && !rpc.GoOn()) return false;
  }
  return true;
}

// Writes the requests, and waits for the reply to each one.
template <typename Message, typename Stream>
bool Converse(Rpc& rpc, Stream& stream) {
  Message reply;
  bool readable = true;
  if (rpc.Is(kReadFirst)) stream.StartRead(&reply);
  for (int i = 1; i <= kRequests && readable; ++i) {
    if (!WriteNumber<Message>(rpc, stream, i)) break;
    readable =
        i == 1 && rpc.Is(kReadFirst) ? stream.AwaitRead() : stream.Read(&reply);
    if (readable) rpc.Reply(Print(reply));
    if (readable && i == 1 && !rpc.GoOn()) return false;
  }
  if (!rpc.Is(kWriteLast)) stream.WritesDone();
  if (rpc.Is(kReadFirst) && rpc.seen.replies.empty() && readable) {
    readable = stream.AwaitRead();
  }
  while (readable && (readable = stream.Read(&reply))) {
    rpc.Reply(Print(reply));
  }
  return true;
}

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_GRPC_DRIVER_H_
