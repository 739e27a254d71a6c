#include "fusebox/core/internal/machine.h"

#include <algorithm>
#include <cstdint>

#include "fusebox/base/clock.h"
#include "fusebox/core/connectivity.h"
#include "fusebox/core/internal/open_backoff.h"
#include "fusebox/core/internal/trip_rule.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/settings.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"

namespace fusebox::internal {
namespace {

constexpr Duration kNoPushback{0};

Cause SlowProbe(Duration duration) {
  Cause cause;
  cause.reason = TransitionReason::kProbeSlow;
  cause.last_duration = duration;
  cause.slow_calls = 1;
  return cause;
}

}  // namespace

Decision Machine::Acquire(const Settings& settings, const CallFacts& call,
                          TimePoint now) {
  latest_ = now = Latest(now);
  switch (state_) {
    case State::kClosed:
      if (was_reset_ && call.cut_off && AwaitsConnection(now)) {
        return {false, 0, RejectionReason::kReconnecting};
      }
      was_reset_ = false;
      return {/*admitted=*/true};
    case State::kOpen:
      if (RejectsInOpen(settings, call, now)) {
        return {false, 0, RejectionReason::kOpen};
      }
      if (call.cut_off && AwaitsConnection(now)) {
        return {false, 0, RejectionReason::kReconnecting};
      }
      Enter(State::kHalfOpen,
            {IsOpenAt(now) ? TransitionReason::kReconnected
                           : TransitionReason::kOpenElapsed},
            now);
      return AdmitProbe(call.shape, now);
    case State::kHalfOpen:
      if (ProbeTimedOut(settings, now)) {
        Open(settings, {TransitionReason::kProbeTimedOut}, kNoPushback, now);
        return {false, 0, RejectionReason::kOpen};
      }
      if (probes_.size() >= settings.half_open.max_probes) {
        return {false, 0, RejectionReason::kProbesBusy};
      }
      return AdmitProbe(call.shape, now);
  }
  return {};
}

void Machine::Trip(const Settings& settings, Cause cause,
                   const Verdict& verdict, TimePoint now) {
  latest_ = now = Latest(now);
  if (state_ != State::kClosed) return;
  if (StartsNewRow(settings, since_, now)) openings_ = 0;
  cause.last_duration = verdict.duration;
  const bool failed = verdict.outcome == Outcome::kFailure;
  Open(settings, cause, failed ? verdict.pushback : kNoPushback, now);
}

void Machine::SettleProbe(const Settings& settings, uint64_t number,
                          const Verdict& verdict, TimePoint now) {
  latest_ = now = Latest(now);
  if (state_ != State::kHalfOpen || number <= older_probes_) return;
  if (Probe* probe = FindProbe(number)) probe->judged_by_lease = false;
  switch (verdict.outcome) {
    case Outcome::kSuccess:
      if (IsSlow(settings, verdict.duration)) {
        Open(settings, SlowProbe(verdict.duration), kNoPushback, now);
        return;
      }
      if (++probe_successes_ >= settings.half_open.successes_to_close) {
        if (!settings.open_backoff) openings_ = 0;
        Enter(State::kClosed, {TransitionReason::kProbeSucceeded}, now);
      }
      return;
    case Outcome::kFailure:
      Open(settings, {TransitionReason::kProbeFailed, 1, verdict.duration},
           verdict.pushback, now);
      return;
    case Outcome::kIgnored:
      return;
  }
}

void Machine::EndProbe(uint64_t number) {
  probes_.erase(std::remove_if(
                    probes_.begin(), probes_.end(),
                    [=](const Probe& probe) { return probe.number == number; }),
                probes_.end());
}

void Machine::Reset(TimePoint now) {
  latest_ = now = Latest(now);
  openings_ = 0;
  Enter(State::kClosed, {TransitionReason::kOperator}, now);
}

// Opens the circuit for the longer of the opening's own length and the server's
// push-back.
void Machine::Open(const Settings& settings, Cause cause, Duration pushback,
                   TimePoint now) {
  ++openings_;
  opened_by_ = cause;
  Duration length = OpenLength(settings, openings_, *random_);
  if (settings.honor_pushback) {
    length = std::max(length, std::min(pushback, settings.max_pushback));
  }
  open_until_ = SaturatingAdd(now, length);
  Enter(State::kOpen, cause, now);
}

void Machine::Enter(State to, Cause cause, TimePoint now) {
  probes_.clear();
  older_probes_ = last_probe_;
  probe_successes_ = 0;
  connect_by_.reset();
  ++generation_;
  since_ = now;

  last_transition_ = Transition();
  last_transition_.from = state_;
  last_transition_.to = to;
  last_transition_.cause = cause;
  last_transition_.generation = generation_;
  last_transition_.at = now;
  if (to == State::kOpen) {
    last_transition_.open_duration = open_until_ - now;
    last_transition_.openings = openings_;
    if (!outage_) outage_ = Outage{now, cause};
    ++outage_->openings;
  }
  last_transition_.outage = outage_;
  was_reset_ = to == State::kClosed && outage_ &&
               cause.reason == TransitionReason::kOperator;
  if (to == State::kClosed) outage_.reset();
  state_ = to;
}

// Returns whether a call that is cut off must wait, though the opening is over
// or the circuit was reset.
// The first such call begins the wait.
bool Machine::AwaitsConnection(TimePoint now) {
  if (!connect_by_) connect_by_ = SaturatingAdd(now, kReconnectTime);
  return now < *connect_by_;
}

Decision Machine::AdmitProbe(CallShape shape, TimePoint now) {
  probes_.push_back({++last_probe_, now, shape == CallShape::kUnary});
  return {/*admitted=*/true, last_probe_};
}

Machine::Probe* Machine::FindProbe(uint64_t number) {
  const auto found =
      std::find_if(probes_.begin(), probes_.end(),
                   [=](const Probe& probe) { return probe.number == number; });
  return found == probes_.end() ? nullptr : &*found;
}

// Returns whether a probe whose lease is over must count as failed. If none
// must, frees the places of all probes whose lease is over.
bool Machine::ProbeTimedOut(const Settings& settings, TimePoint now) {
  const auto over = [&](const Probe& probe) {
    return SaturatingAdd(probe.since, settings.half_open.timeout) <= now;
  };
  for (const Probe& probe : probes_) {
    if (over(probe) && probe.judged_by_lease) return true;
  }
  probes_.erase(std::remove_if(probes_.begin(), probes_.end(), over),
                probes_.end());
  return false;
}

}  // namespace fusebox::internal
