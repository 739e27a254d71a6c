// bad_replies.h: a table of the ways in which a server can answer incorrectly.

#ifndef FUSEBOX_TESTS_GRPC_BAD_REPLIES_H_
#define FUSEBOX_TESTS_GRPC_BAD_REPLIES_H_

#include <iosfwd>
#include <set>
#include <string>
#include <vector>

#include "tests/grpc/http2_server.h"

namespace fusebox::internal {

struct BadReply {
  const char* name;

  // The codes with which a unary call of the sync API may end. They differ
  // between gRPC's versions. If the set is empty, any code is accepted.
  std::set<int> codes;

  Http2Server::Answer answer;

  enum Trait : unsigned {
    kNone = 0,
    kSilent = 1 << 0,      // possibly only a deadline ends the call
    kNoReply = 1 << 1,     // OK without a message
    kUnparsable = 1 << 2,  // OK with a message that does not parse
    kGreeting = 1 << 3,    // sent instead of HTTP/2's settings
    kTooLarge = 1 << 4,    // exceeds a limit of the channel
  };
  unsigned traits = kNone;

  bool Is(Trait trait) const { return (traits & trait) != 0; }
};

// The longest message that a client accepts.
inline constexpr int kMaxMessage = 1000;

// Prints the name that appears in the names of tests.
std::ostream& operator<<(std::ostream& os, const BadReply& reply);

// Returns all rows. The first is a correct reply, for comparison.
const std::vector<BadReply>& BadReplies();

// Returns the row with this name, which must exist.
const BadReply& BadReplyNamed(const std::string& name);

// What a server that speaks HTTP/1.1 sends.
extern const char kHttp11[];

}  // namespace fusebox::internal

#endif  // FUSEBOX_TESTS_GRPC_BAD_REPLIES_H_
