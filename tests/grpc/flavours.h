// flavours.h: makes one RPC in every way that gRPC's C++ API offers.
//
//   for (const Flavour& flavour : Flavours()) {
//     grpc::ClientContext context;
//     const Seen seen = flavour.Call(channel, &context);
//     EXPECT_EQ(seen.returned.at("Read"), "+++-");
//   }
//
// Each flavour calls the method of its shape of the service Echo. It writes the
// requests "1", "2", "3" (only one if the shape has one request), reads the
// replies, and returns what the application saw.

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

// How many requests a stream writes.
inline constexpr int kRequests = 3;

// What the application saw of a call.
struct Seen {
  grpc::Status status;
  std::vector<std::string> replies;
  std::map<std::string, std::string> trailers;

  // Maps each operation ("Start", "InitialMetadata", "Write", "WritesDone",
  // "Read", "Finish") to its results in order, as + and -. A result is the ok
  // of a tag or the argument of a reaction. An operation without a result
  // counts as +.
  std::map<std::string, std::string> returned;

  int completions = 0;  // how often the API reported the call's end

  std::string reply() const { return replies.empty() ? "" : replies.back(); }
};

// Compares code, message, details, replies, trailers, results and completions.
bool operator==(const Seen& a, const Seen& b);
std::ostream& operator<<(std::ostream& os, const Seen& seen);

// How the application departs from a plain call.
struct Plan {
  enum class End {
    kFinished,
    kNotFinished,  // abandons the call midway, without Finish()
    kNotStarted,   // prepares the call but starts no operation
  };
  End end = End::kFinished;

  // The application calls this once, between two operations (in the callback
  // API, in a reaction): after a stream has read its first reply or, in a
  // client stream, has written its first request. It is not called if that
  // operation failed, and never in unary calls.
  std::function<void()> midway;
};

struct Rpc;

struct Flavour {
  const char* name;
  Api api;
  Shape shape;
  unsigned how;  // the flags of driver.h
  void (*drive)(Rpc& rpc);

  // The results of the operations of a rejected call, in the form of
  // Seen::returned: "Write- WritesDone+".
  const char* when_rejected;

  // Returns the method that the flavour calls.
  const char* method() const;

  bool Does(Plan::End end) const;
  bool generic() const;

  // Makes the call and waits for its end. `context` may be used afterwards.
  Seen Call(const std::shared_ptr<grpc::Channel>& channel,
            grpc::ClientContext* context, const Plan& plan = {}) const;
};

// Prints the name that appears in the names of tests.
std::ostream& operator<<(std::ostream& os, const Flavour& flavour);

const std::vector<Flavour>& Flavours();
std::vector<Flavour> FlavoursThat(
    const std::function<bool(const Flavour& flavour)>& accept);
std::vector<Flavour> FlavoursOf(Shape shape);

// Returns the unary flavours that do not use a GenericStub.
std::vector<Flavour> TypedUnaryFlavours();

// Returns the flavour with this name, which must exist.
const Flavour& FlavourNamed(const std::string& name);

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_GRPC_FLAVOURS_H_
