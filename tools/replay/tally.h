// tally.h: what a policy cost and saved, a breaker at a time and in all.

#ifndef FUSEBOX_TOOLS_REPLAY_TALLY_H_
#define FUSEBOX_TOOLS_REPLAY_TALLY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "tools/replay/simulation.h"

namespace fusebox::tool {

// Counts of calls. A call that DRY_RUN let pass is admitted and would_reject.
struct Counts {
  uint64_t calls = 0;
  uint64_t admitted = 0;
  uint64_t rejected = 0;
  uint64_t would_reject = 0;
  uint64_t failures_admitted = 0;

  // Of the rejected: what they would have come to.
  uint64_t failures_avoided = 0;
  uint64_t successes_rejected = 0;

  // How long the avoided failures took when they were recorded.
  double avoided_wait_s = 0;
};

// One breaker's part.
struct BreakerCounts : Counts {
  uint64_t openings = 0;

  // How long the circuit was not CLOSED, up to the last event.
  int64_t not_closed_us = 0;
};

class Tally final : public SimulationObserver {
 public:
  void OnTransition(int64_t t_us, const Transition& transition) override;
  void OnRejected(const RecordedCall& call, RejectionReason reason,
                  bool enforced) override;
  void OnCall(const RecordedCall& call, const Breaker* breaker, Outcome outcome,
              bool admitted) override;

  // All calls; those that are never broken are admitted, and no more.
  const Counts& total() const { return total_; }

  // By the breakers' keys.
  std::map<std::string, BreakerCounts> breakers() const;

  // Calls that are never broken.
  uint64_t unjudged() const { return unjudged_; }

 private:
  struct Entry {
    BreakerCounts counts;
    std::optional<int64_t> tripped_us;  // not CLOSED since
  };

  Counts total_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::map<const Breaker*, Entry*> by_breaker_;
  const Breaker* last_breaker_ = nullptr;
  Entry* last_entry_ = nullptr;
  uint64_t unjudged_ = 0;
  int64_t latest_us_ = 0;
  bool would_reject_ = false;  // of the call that OnCall will bring
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_REPLAY_TALLY_H_
