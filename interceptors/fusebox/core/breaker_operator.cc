// The operator's part of a breaker: its mode, Reset(), and snapshots.

#include <cstdint>
#include <optional>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/elapsed.h"
#include "fusebox/base/mutex.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/internal/failure_word.h"
#include "fusebox/core/internal/machine.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"

namespace fusebox {

using internal::Elapsed;
using internal::FailureWord;
using internal::SaturatingSum;

uint64_t Breaker::SetOperatorMode(std::optional<Mode> mode, TimePoint now,
                                  const OperatorAct* act) noexcept {
  bool told;
  uint64_t setting;
  {
    MutexLock lock(mu_);
    told = ChangeOperatorMode(mode, now, act);
    setting = operator_settings_;
  }
  Flush(told);
  return setting;
}

bool Breaker::TakeBackOperatorMode(uint64_t setting, TimePoint now,
                                   const OperatorAct* act) noexcept {
  bool told;
  {
    MutexLock lock(mu_);
    if (setting != operator_settings_) return false;
    told = ChangeOperatorMode(std::nullopt, now, act);
  }
  Flush(told);
  return true;
}

bool Breaker::ChangeOperatorMode(std::optional<Mode> mode, TimePoint now,
                                 const OperatorAct* act) {
  const Mode before = EffectiveMode();
  operator_mode_ = mode;
  ++operator_settings_;
  StoreWord();
  return TellMode(before, now, act);
}

// Pushes a change of mode to the sink, if the mode is not the one of `before`
// or if an operator acted.
bool Breaker::TellMode(Mode before, TimePoint now, const OperatorAct* act) {
  if (EffectiveMode() == before && act == nullptr) return false;
  Transition transition;
  transition.from = transition.to = machine_.state();
  transition.generation = machine_.generation();
  transition.at = machine_.Latest(now);
  transition.outage = machine_.outage();
  return Tell(transition, act);
}

void Breaker::Reset(TimePoint now, const OperatorAct* act) noexcept {
  bool told;
  {
    MutexLock lock(mu_);
    const uint64_t before = machine_.generation();
    machine_.Reset(now);
    told = Publish(before, act);
  }
  Flush(told);
}

Snapshot Breaker::TakeSnapshot(TimePoint now) const noexcept {
  Snapshot snapshot;
  {
    MutexLock lock(mu_);
    snapshot.state = machine_.state();
    snapshot.mode = EffectiveMode();
    snapshot.operator_mode = operator_mode_;
    snapshot.operator_settings = operator_settings_;
    snapshot.generation = machine_.generation();
    if (machine_.since() != TimePoint::min()) snapshot.since = machine_.since();
    snapshot.settings = settings_;
    snapshot.open_time = open_time_;
    if (snapshot.state == State::kOpen) {
      snapshot.open_time =
          SaturatingSum(open_time_, Elapsed(opened_at_, machine_.Latest(now)));
      snapshot.open_until = machine_.open_until();
    }
    if (snapshot.state != State::kClosed) {
      snapshot.opened_by = machine_.opened_by();
      snapshot.outage = WithCalls(machine_.outage());
    } else {
      const FailureWord::Reading counts = failures_.Read();
      snapshot.consecutive_failures = counts.run;
      snapshot.failure_score = counts.score;
      snapshot.window = window_.Read(machine_.Latest(now));
    }
    snapshot.concurrent_calls = slots_;
    snapshot.openings = machine_.openings();
    snapshot.probes_in_flight =
        static_cast<uint32_t>(machine_.probes_in_flight());
    snapshot.probe_successes = machine_.probe_successes();
  }
  if (totals_ != nullptr) snapshot.totals = totals_->Read();
  return snapshot;
}

}  // namespace fusebox
