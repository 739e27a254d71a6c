// What an operator asks of a breaker: its mode, a reset, a look.

#include <cstdint>
#include <optional>

#include "fusebox/core/breaker.h"
#include "fusebox/core/clock.h"
#include "fusebox/core/machine.h"
#include "fusebox/core/mutex.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"

namespace fusebox {

void Breaker::SetOperatorMode(std::optional<Mode> mode,
                              TimePoint now) noexcept {
  bool told = false;
  {
    MutexLock lock(mu_);
    const Mode before = EffectiveMode();
    operator_mode_ = mode;
    if (EffectiveMode() != before) {
      word_.store(
          Pack(machine_.state(), EffectiveMode(), machine_.generation()),
          std::memory_order_release);
      Transition transition;
      transition.from = transition.to = machine_.state();
      transition.generation = machine_.generation();
      transition.at = machine_.Latest(now);
      told = Tell(transition);
    }
  }
  Flush(told);
}

void Breaker::Reset(TimePoint now) noexcept {
  bool told;
  {
    MutexLock lock(mu_);
    const uint64_t before = machine_.generation();
    machine_.Reset(now);
    told = Publish(before);
  }
  Flush(told);
}

Snapshot Breaker::TakeSnapshot() const noexcept {
  Snapshot snapshot;
  {
    MutexLock lock(mu_);
    snapshot.state = machine_.state();
    snapshot.mode = EffectiveMode();
    snapshot.operator_mode = operator_mode_;
    snapshot.generation = machine_.generation();
    if (machine_.since() != TimePoint::min()) snapshot.since = machine_.since();
    if (snapshot.state == State::kOpen) {
      snapshot.open_until = machine_.open_until();
    }
    if (snapshot.state != State::kClosed) {
      snapshot.opened_by = machine_.opened_by();
    } else {
      snapshot.consecutive_failures = run_.length();
    }
    snapshot.openings = machine_.openings();
    snapshot.probes_in_flight =
        static_cast<uint32_t>(machine_.probes_in_flight());
    snapshot.probe_successes = machine_.probe_successes();
  }
  if (totals_ != nullptr) snapshot.totals = totals_->Read();
  return snapshot;
}

}  // namespace fusebox
