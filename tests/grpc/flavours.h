// flavours.h: one RPC, made in every way in which gRPC's C++ API can make it.
//
//   for (const Flavour& flavour : Flavours()) {
//     grpc::ClientContext context;
//     const Seen seen = flavour.Call(channel, &context);
//     EXPECT_EQ(seen.returned.at("Read"), "+++-");
//   }
//
// A flavour calls the method of its shape of the service Echo: writes the
// requests "1", "2", "3" (one where the shape has one), reads what comes, and
// says what the application saw.

#ifndef FUSEBOX_TESTS_GRPC_FLAVOURS_H_
#define FUSEBOX_TESTS_GRPC_FLAVOURS_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace fusebox {

inline constexpr char kSay[] = "/fusebox.test.Echo/Say";
inline constexpr char kCollect[] = "/fusebox.test.Echo/Collect";
inline constexpr char kRepeat[] = "/fusebox.test.Echo/Repeat";
inline constexpr char kChat[] = "/fusebox.test.Echo/Chat";

enum class Api { kSync, kCompletionQueue, kCallback };
enum class Shape { kUnary, kClientStream, kServerStream, kBidi };

// Requests that a stream writes.
inline constexpr int kRequests = 3;

// What the application saw of a call.
struct Seen {
  grpc::Status status;
  std::vector<std::string> replies;
  std::map<std::string, std::string> trailers;

  // By operation ("Start", "InitialMetadata", "Write", "WritesDone", "Read",
  // "Finish"): what each one returned, its tag's ok or its reaction's argument,
  // in order, as + and -. Where an operation returns nothing there is a +.
  std::map<std::string, std::string> returned;

  int completions = 0;  // how often it was told that the call is over

  std::string reply() const { return replies.empty() ? "" : replies.back(); }
};

// Code, message and details; replies, trailers, what was returned, completions.
bool operator==(const Seen& a, const Seen& b);
std::ostream& operator<<(std::ostream& os, const Seen& seen);

// What the application does that is out of the ordinary.
struct Plan {
  enum class End {
    kFinished,
    kNotFinished,  // walks away midway, without Finish()
    kNotStarted,   // prepares the call, or starts it without an operation
  };
  End end = End::kFinished;

  // Called once, by the application between two operations (in the callback
  // API: in a reaction): when a stream's first reply was read or, in a client
  // stream, its first request written. Not if that failed; never for unary
  // calls.
  std::function<void()> midway;
};

struct Rpc;

struct Flavour {
  const char* name;
  Api api;
  Shape shape;
  unsigned how;  // of driver.h
  void (*drive)(Rpc& rpc);

  // What the operations return when the call is rejected, as in
  // Seen::returned: "Write- WritesDone+".
  const char* when_rejected;

  // The method that it calls.
  const char* method() const;

  bool Does(Plan::End end) const;
  bool generic() const;

  // Makes the call and waits for its end. `context` may be used afterwards.
  Seen Call(const std::shared_ptr<grpc::Channel>& channel,
            grpc::ClientContext* context, const Plan& plan = {}) const;
};

// How a test's name shows it.
std::ostream& operator<<(std::ostream& os, const Flavour& flavour);

const std::vector<Flavour>& Flavours();
std::vector<Flavour> FlavoursOf(Shape shape);

// By its name; there must be one.
const Flavour& FlavourNamed(const std::string& name);

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_GRPC_FLAVOURS_H_
