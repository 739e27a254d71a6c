// breaker_matcher.h: tells which breakers a client's filter matches.

#ifndef FUSEBOX_ADMIN_INTERNAL_BREAKER_MATCHER_H_
#define FUSEBOX_ADMIN_INTERNAL_BREAKER_MATCHER_H_

#include <array>
#include <string>
#include <string_view>

#include "fusebox/core/breaker.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox::internal {

// Returns whether `pattern` matches all of `text`. "*" matches any number of
// characters and "?" matches one. Everything else matches itself, and cannot be
// escaped. A character is one of UTF-8; a byte that is not part of one counts
// as one. Allocates nothing, and takes at most about
// pattern.size() * text.size() steps, however many stars there are.
bool MatchesGlob(std::string_view pattern, std::string_view text);

// A plain value.
class BreakerMatcher {
 public:
  // Matches everything.
  BreakerMatcher() = default;

  // REQUIRES: checks.h finds no problem in the filter.
  explicit BreakerMatcher(const v1::BreakerFilter& filter);

  // Whether the name, as clients see it (view.h), matches.
  bool MatchesName(const BreakerName& shown) const;

  // Whether every name matches.
  bool matches_every_name() const {
    return target_.empty() && method_.empty() && key_.empty();
  }

  // Whether the rest matches. A breaker is `held` if an operator has set its
  // mode.
  bool MatchesState(State state, bool held) const;

  bool Matches(const BreakerName& shown, const Snapshot& breaker) const {
    return MatchesState(breaker.state, breaker.operator_mode.has_value()) &&
           MatchesName(shown);
  }

 private:
  // Globs. An empty one matches everything.
  std::string target_;
  std::string method_;
  std::string key_;

  std::array<bool, kStateCount> states_ = {true, true, true};
  bool troubled_ = false;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_BREAKER_MATCHER_H_
