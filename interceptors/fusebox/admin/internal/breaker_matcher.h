// breaker_matcher.h: which breakers a filter of the admin service is for.

#ifndef FUSEBOX_ADMIN_INTERNAL_BREAKER_MATCHER_H_
#define FUSEBOX_ADMIN_INTERNAL_BREAKER_MATCHER_H_

#include <array>
#include <string>

#include "fusebox/core/breaker.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox::internal {

// A plain value.
class BreakerMatcher {
 public:
  // Matches everything.
  BreakerMatcher() = default;

  // REQUIRES: CheckFilter() (admin_checks.h) finds no problem.
  explicit BreakerMatcher(const v1::BreakerFilter& filter);

  // Whether the name matches, as clients see it (admin_view.h).
  bool MatchesName(const BreakerName& shown) const;

  // Whether all names do.
  bool matches_every_name() const {
    return target_.empty() && method_.empty() && key_.empty();
  }

  // Whether the rest matches: `held` is whether an operator holds it in a mode.
  bool MatchesState(State state, bool held) const;

  bool Matches(const BreakerName& shown, const Snapshot& breaker) const {
    return MatchesState(breaker.state, breaker.operator_mode.has_value()) &&
           MatchesName(shown);
  }

 private:
  // Globs; empty: all.
  std::string target_;
  std::string method_;
  std::string key_;

  std::array<bool, kStateCount> states_ = {true, true, true};
  bool troubled_ = false;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_BREAKER_MATCHER_H_
