#include "fusebox/admin/internal/breaker_matcher.h"

#include <cstddef>
#include <string>

#include "fusebox/admin/internal/glob.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox::internal {
namespace {

bool Covers(const std::string& glob, const std::string& text) {
  return glob.empty() || MatchesGlob(glob, text);
}

}  // namespace

BreakerMatcher::BreakerMatcher(const v1::BreakerFilter& filter)
    : target_(filter.target()),
      method_(filter.method()),
      key_(filter.key()),
      troubled_(filter.troubled()) {
  if (filter.state_size() == 0) return;
  states_.fill(false);
  for (const int state : filter.state()) {
    states_.at(static_cast<size_t>(state - v1::CLOSED)) = true;
  }
}

bool BreakerMatcher::MatchesName(const BreakerName& shown) const {
  return Covers(target_, shown.target) && Covers(method_, shown.method) &&
         Covers(key_, shown.key);
}

bool BreakerMatcher::MatchesState(State state, bool held) const {
  return states_[static_cast<size_t>(state)] &&
         (!troubled_ || held || state != State::kClosed);
}

}  // namespace fusebox::internal
