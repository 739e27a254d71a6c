// tally.h: counts what a policy cost and saved, per breaker and in total.

#ifndef FUSEBOX_TOOLS_REPLAY_TALLY_H_
#define FUSEBOX_TOOLS_REPLAY_TALLY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "tools/replay/simulation.h"

namespace fusebox::tool {

// Counts of calls. A call that passes only because of DRY_RUN counts as
// admitted and as would_reject.
struct Counts {
  uint64_t calls = 0;
  uint64_t admitted = 0;
  uint64_t rejected = 0;
  uint64_t would_reject = 0;
  uint64_t failures_admitted = 0;

  // The rejected calls, by the outcome that they had in the recording.
  uint64_t failures_avoided = 0;
  uint64_t successes_rejected = 0;

  // Those of `successes_rejected` that were slow in the recording, by the
  // slow-call rule of their method. A slow failure is only an avoided failure,
  // so that no call was avoided twice.
  uint64_t slow_avoided = 0;

  // How long the avoided failures and slow calls took in the recording.
  double avoided_wait_s = 0;

  // Returns the rejected calls that would have succeeded in time.
  uint64_t lost() const { return successes_rejected - slow_avoided; }
};

struct BreakerCounts : Counts {
  uint64_t openings = 0;

  // How long the circuit was not CLOSED, until the last event.
  int64_t not_closed_us = 0;
};

class Tally final : public SimulationObserver {
 public:
  void OnTransition(int64_t t_us, const Transition& transition) override;
  void OnRejected(const RecordedCall& call, RejectionReason reason,
                  bool enforced) override;
  void OnCall(const RecordedCall& call, const Breaker* breaker,
              const CallResult& result) override;

  // Returns the counts of all calls. Calls that are exempt from circuit
  // breaking count only as admitted.
  const Counts& total() const { return total_; }

  // Returns the counts by the breakers' keys.
  std::map<std::string, BreakerCounts> breakers() const;

  // Returns the number of calls that are exempt from circuit breaking.
  uint64_t unjudged() const { return unjudged_; }

 private:
  struct Entry {
    BreakerCounts counts;
    std::optional<int64_t> tripped_us;  // when it left CLOSED
  };

  Counts total_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::map<const Breaker*, Entry*> by_breaker_;
  const Breaker* last_breaker_ = nullptr;
  Entry* last_entry_ = nullptr;
  uint64_t unjudged_ = 0;
  int64_t latest_us_ = 0;
  bool would_reject_ = false;  // for the next OnCall()
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_REPLAY_TALLY_H_
