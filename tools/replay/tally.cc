#include "tools/replay/tally.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

#include "fusebox/core/breaker.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"
#include "tools/replay/call_log.h"

namespace fusebox::tool {
namespace {

constexpr double kMicrosPerSecond = 1e6;

void Add(const RecordedCall& call, const CallResult& result, bool would_reject,
         Counts* counts) {
  const bool failed = result.outcome == Outcome::kFailure;
  const bool succeeded = result.outcome == Outcome::kSuccess;
  ++counts->calls;
  if (result.admitted) {
    ++counts->admitted;
    if (would_reject) ++counts->would_reject;
    if (failed) ++counts->failures_admitted;
    return;
  }
  ++counts->rejected;
  if (failed) ++counts->failures_avoided;
  if (succeeded) ++counts->successes_rejected;
  if (succeeded && result.slow) ++counts->slow_avoided;
  if (failed || (succeeded && result.slow)) {
    counts->avoided_wait_s +=
        static_cast<double>(call.duration_us) / kMicrosPerSecond;
  }
}

}  // namespace

void Tally::OnTransition(int64_t t_us, const Transition& transition) {
  Entry& entry = entries_[transition.breaker];
  latest_us_ = std::max(latest_us_, t_us);
  if (transition.to == State::kOpen) {
    ++entry.counts.openings;
    if (!entry.tripped_us) entry.tripped_us = t_us;
  } else if (transition.to == State::kClosed && entry.tripped_us) {
    entry.counts.not_closed_us += t_us - *entry.tripped_us;
    entry.tripped_us.reset();
  }
}

void Tally::OnRejected(const RecordedCall&, RejectionReason, bool enforced) {
  would_reject_ = !enforced;
}

void Tally::OnCall(const RecordedCall& call, const Breaker* breaker,
                   const CallResult& result) {
  latest_us_ = std::max(latest_us_, call.start_us + call.duration_us);
  if (breaker == nullptr) {
    ++unjudged_;
    ++total_.calls;
    ++total_.admitted;
    return;
  }
  if (breaker != last_breaker_) {
    Entry*& entry = by_breaker_[breaker];
    if (entry == nullptr) entry = &entries_[breaker->name()];
    last_breaker_ = breaker;
    last_entry_ = entry;
  }
  Add(call, result, would_reject_, &total_);
  Add(call, result, would_reject_, &last_entry_->counts);
  would_reject_ = false;
}

std::map<std::string, BreakerCounts> Tally::breakers() const {
  std::map<std::string, BreakerCounts> all;
  for (const auto& [key, entry] : entries_) {
    BreakerCounts counts = entry.counts;
    if (entry.tripped_us) {
      counts.not_closed_us += latest_us_ - *entry.tripped_us;
    }
    all[key] = counts;
  }
  return all;
}

}  // namespace fusebox::tool
