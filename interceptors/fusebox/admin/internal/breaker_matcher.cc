#include "fusebox/admin/internal/breaker_matcher.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "fusebox/base/internal/utf8.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox::internal {
namespace {

constexpr size_t kNone = std::string_view::npos;

bool Covers(const std::string& glob, const std::string& text) {
  return glob.empty() || MatchesGlob(glob, text);
}

}  // namespace

// Only the last star is tried again. What is before it matches already, and a
// longer match there gains nothing.
bool MatchesGlob(std::string_view pattern, std::string_view text) {
  size_t p = 0;
  size_t t = 0;
  size_t after_star = kNone;  // in the pattern
  size_t star_ends = 0;       // in the text
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      after_star = ++p;
      star_ends = t;
    } else if (p < pattern.size() && pattern[p] == '?') {
      ++p;
      t += FirstCharacterBytes(text.substr(t));
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (after_star != kNone) {
      p = after_star;
      t = ++star_ends;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

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
