// bad_replies.h: the ways in which a server can answer badly, a row each.

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

  // The codes that a unary call of the sync API ends with; gRPC's versions
  // differ. Where there are none, anything goes.
  std::set<int> codes;

  Http2Server::Answer answer;

  enum Trait : unsigned {
    kNone = 0,
    kSilent = 1 << 0,      // a deadline may have to end it
    kNoReply = 1 << 1,     // OK, and no message
    kUnparsable = 1 << 2,  // OK, and a message that is none
    kGreeting = 1 << 3,    // in the place of HTTP/2's settings
    kTooLarge = 1 << 4,    // beyond a limit of the channel
  };
  unsigned traits = kNone;

  bool Is(Trait trait) const { return (traits & trait) != 0; }
};

// The longest message that a client is to accept.
inline constexpr int kMaxMessage = 1000;

// How a test's name shows it.
std::ostream& operator<<(std::ostream& os, const BadReply& reply);

// The first is a good one, to compare with.
const std::vector<BadReply>& BadReplies();

// By its name; there must be one.
const BadReply& BadReplyNamed(const std::string& name);

// What a server sends that speaks HTTP/1.1.
extern const char kHttp11[];

}  // namespace fusebox::internal

#endif  // FUSEBOX_TESTS_GRPC_BAD_REPLIES_H_
