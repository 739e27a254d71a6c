#include "tests/core/reference_model.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace fusebox {

ReferenceModel::Answer ReferenceModel::Reject(
    RejectionReason reason, std::optional<int64_t> retry_after) {
  Answer answer;
  answer.rejected = reason;
  answer.retry_after = retry_after;
  if (mode() == Mode::kDryRun) answer.call = Call{generation_};
  return answer;
}

ReferenceModel::Answer ReferenceModel::Acquire(CallShape shape, Way way,
                                               int64_t now) {
  // The mode.
  if (mode() == Mode::kDisabled) return {Call{generation_}, {}, {}};
  if (mode() == Mode::kForcedOpen) {
    return Reject(RejectionReason::kForcedOpen, std::nullopt);
  }
  // OPEN, and the opening is not over.
  const bool ends_early =
      way == Way::kCameBack && settings_.half_open.early_on_reconnect;
  if (state_ == State::kOpen && now < open_until_ && !ends_early) {
    return Reject(RejectionReason::kOpen, open_until_ - now);
  }
  // The bulkhead.
  const uint32_t most = settings_.max_concurrent_calls;
  if (most > 0 && slots_ >= most) {
    return Reject(RejectionReason::kConcurrency, 0);
  }
  // The end of OPEN.
  if (state_ == State::kOpen && now < open_until_) {
    Enter(State::kHalfOpen, "RECONNECTED", now);
  } else if (state_ == State::kOpen) {
    if (way == Way::kDown && mode() == Mode::kEnforce) {
      if (!connect_by_) connect_by_ = now + 1'000'000'000;
      if (now < *connect_by_) {
        return Reject(RejectionReason::kReconnecting, *connect_by_ - now);
      }
    }
    Enter(State::kHalfOpen, "OPEN_ELAPSED", now);
  }
  // A reset.
  if (was_reset_) {
    if (way == Way::kDown && mode() == Mode::kEnforce) {
      if (!connect_by_) connect_by_ = now + 1'000'000'000;
      if (now < *connect_by_) {
        return Reject(RejectionReason::kReconnecting, *connect_by_ - now);
      }
    }
    was_reset_ = false;
  }
  // The probes.
  Call call{generation_, /*judged=*/true};
  if (state_ == State::kHalfOpen) {
    const int64_t timeout = settings_.half_open.timeout.count();
    std::vector<int> over;
    bool hung = false;
    for (const auto& [number, probe] : probes_) {
      if (now - probe.since < timeout) continue;
      over.push_back(number);
      hung |= probe.may_time_out;
    }
    if (hung) {
      Open("PROBE_TIMED_OUT", false, 0, now);
      return Reject(RejectionReason::kOpen, open_until_ - now);
    }
    for (const int number : over) probes_.erase(number);
    if (probes_.size() >= settings_.half_open.max_probes) {
      return Reject(RejectionReason::kProbesBusy, 0);
    }
    call.probe = ++last_probe_;
    probes_[call.probe] = {now, shape == CallShape::kUnary};
  }
  // The ramp.
  if (state_ == State::kClosed && ramp_since_ && settings_.recovery_ramp) {
    const RecoveryRamp& ramp = *settings_.recovery_ramp;
    const int64_t elapsed = now - *ramp_since_;
    if (elapsed < ramp.duration.count()) {
      const double share =
          ramp.initial_ratio + (1 - ramp.initial_ratio) * double(elapsed) /
                                   double(ramp.duration.count());
      credit_ = std::min(2.0, credit_ + share);
      if (credit_ < 1) return Reject(RejectionReason::kRamp, 0);
      credit_ -= 1;
    } else {
      ramp_since_.reset();
    }
  }
  if (most > 0) {
    call.slot = true;
    ++slots_;
  }
  return {call, {}, {}};
}

void ReferenceModel::Settle(Call& call, const Verdict& verdict, int64_t now) {
  if (call.settled) return;
  call.settled = true;
  if (!call.judged || call.generation != generation_) return;
  if (mode() == Mode::kDisabled || mode() == Mode::kForcedOpen) return;
  if (state_ == State::kHalfOpen) {
    if (const auto probe = probes_.find(call.probe); probe != probes_.end()) {
      probe->second.may_time_out = false;
    }
    if (verdict.outcome == Outcome::kFailure) {
      Open("PROBE_FAILED", true, verdict.pushback.count(), now);
    } else if (verdict.outcome == Outcome::kSuccess && Slow(verdict)) {
      Open("PROBE_SLOW", false, verdict.pushback.count(), now);
    } else if (verdict.outcome == Outcome::kSuccess &&
               ++probe_successes_ >= settings_.half_open.successes_to_close) {
      if (!settings_.open_backoff) row_ = 0;
      Enter(State::kClosed, "PROBE_SUCCEEDED", now);
      ramp_since_ = now;
      credit_ = 1;
    }
    return;
  }
  if (verdict.outcome == Outcome::kIgnored) return;
  Record(verdict.outcome == Outcome::kFailure, Slow(verdict), verdict, now);
}

void ReferenceModel::BreakStream(const Verdict& failure, int64_t now) {
  if (state_ != State::kClosed || mode() == Mode::kDisabled ||
      mode() == Mode::kForcedOpen) {
    return;
  }
  Record(/*failure=*/true, /*slow=*/false, failure, now);
}

void ReferenceModel::Record(bool failure, bool slow, const Verdict& verdict,
                            int64_t now) {
  const int64_t gap = settings_.max_failure_gap.count();
  if (!failure || (gap > 0 && now - last_failure_ > gap)) run_ = 0;
  if (failure) {
    ++run_;
    last_failure_ = now;
  }
  if (settings_.failure_score) {
    score_ += failure ? int64_t{settings_.failure_score->failure}
                      : -int64_t{settings_.failure_score->success};
    score_ = std::max<int64_t>(score_, 0);
  }
  if (Rated()) outcomes_.push_back({now, failure, slow});
  if (!failure && !slow) return;
  const Counts counts = Count(now);
  const auto reaches = [&](uint64_t part, double threshold, uint32_t minimum) {
    return counts.calls >= minimum &&
           double(part) / double(counts.calls) >= threshold;
  };
  const char* reason = nullptr;
  if (settings_.consecutive_failures > 0 &&
      run_ >= settings_.consecutive_failures) {
    reason = "CONSECUTIVE_FAILURES";
  } else if (settings_.failure_score &&
             score_ >= settings_.failure_score->threshold) {
    reason = "FAILURE_SCORE";
  } else if (settings_.failure_rate &&
             reaches(counts.failures, settings_.failure_rate->threshold,
                     settings_.failure_rate->minimum_calls)) {
    reason = "FAILURE_RATE";
  } else if (settings_.slow_call_rate &&
             reaches(counts.slow, settings_.slow_call_rate->threshold,
                     settings_.slow_call_rate->minimum_calls)) {
    reason = "SLOW_CALL_RATE";
  }
  if (reason == nullptr) return;
  const auto& backoff = settings_.open_backoff;
  if (!backoff || (closed_since_ &&
                   now - *closed_since_ >= backoff->max_duration.count())) {
    row_ = 0;
  }
  Open(reason, failure, verdict.pushback.count(), now);
}

ReferenceModel::Counts ReferenceModel::Count(int64_t now) const {
  Counts counts;
  const auto add = [&](const Outcome1& outcome) {
    ++counts.calls;
    counts.failures += outcome.failure ? 1 : 0;
    counts.slow += outcome.slow ? 1 : 0;
  };
  if (settings_.window.calls > 0) {
    const size_t size = outcomes_.size();
    for (size_t i = size - std::min<size_t>(size, settings_.window.calls);
         i < size; ++i) {
      add(outcomes_[i]);
    }
    return counts;
  }
  const int64_t width = settings_.window.duration.count() / 10;
  for (const Outcome1& outcome : outcomes_) {
    if (now / width - outcome.at / width < 10) add(outcome);
  }
  return counts;
}

void ReferenceModel::Open(const char* reason, bool failed, int64_t pushback,
                          int64_t now) {
  ++row_;
  int64_t length = settings_.open_duration.count();
  if (const auto& backoff = settings_.open_backoff) {
    const double grown = std::min(
        double(length) * std::pow(backoff->multiplier, double(row_ - 1)),
        double(backoff->max_duration.count()));
    length = std::llround(grown);
    if (backoff->jitter > 0) {
      length = std::llround(double(length) *
                            (1 + backoff->jitter * (2 * random_() - 1)));
    }
  }
  if (failed && settings_.honor_pushback) {
    length = std::max(
        length, std::min(pushback, int64_t{settings_.max_pushback.count()}));
  }
  open_until_ = now + length;
  Enter(State::kOpen, reason, now);
}

void ReferenceModel::Enter(State to, const char* reason, int64_t now) {
  std::ostringstream line;
  line << state_ << ">" << to << ":" << reason;
  told_.push_back(line.str());
  state_ = to;
  ++generation_;
  probes_.clear();
  probe_successes_ = 0;
  connect_by_.reset();
  was_reset_ = false;
  if (to == State::kClosed) {
    run_ = 0;
    score_ = 0;
    outcomes_.clear();
    closed_since_ = now;
  }
}

void ReferenceModel::Release(Call& call) {
  if (!call.settled) {
    // The outcome is ignored, so only its slot and its place are freed.
    call.settled = true;
  }
  if (call.probe != 0) probes_.erase(call.probe);
  if (call.slot) --slots_;
  call.probe = 0;
  call.slot = false;
}

void ReferenceModel::Update(const Settings& settings) {
  const bool rated = Rated();
  const Window shape = settings_.window;
  settings_ = settings;
  if (!settings_.failure_score) score_ = 0;
  if (!Rated() || !rated || settings_.window != shape) outcomes_.clear();
}

}  // namespace fusebox
