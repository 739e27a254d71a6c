#include "fusebox/core/breaker.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/elapsed.h"
#include "fusebox/base/mutex.h"
#include "fusebox/base/problem.h"
#include "fusebox/core/connectivity.h"
#include "fusebox/core/internal/machine.h"
#include "fusebox/core/internal/state_word.h"
#include "fusebox/core/internal/totals.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/settings.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"

namespace fusebox {

using internal::CallFacts;
using internal::Decision;
using internal::Elapsed;
using internal::Judges;
using internal::Opening;
using internal::SaturatingSum;
using internal::StateWord;
using internal::Totals;

namespace {

constexpr Rejection kForcedOpen = {RejectionReason::kForcedOpen,
                                   State::kOpen,
                                   std::nullopt,
                                   {TransitionReason::kOperator}};

// Returns the least duration of a slow call.
Duration::rep SlowAfter(const Settings& settings) {
  return settings.slow_call_rate ? settings.slow_call_rate->duration.count()
                                 : std::numeric_limits<Duration::rep>::max();
}

}  // namespace

std::unique_ptr<Breaker> Breaker::Create(std::string name,
                                         const Settings& settings,
                                         const Options& options,
                                         Problems* problems) {
  Problems found = settings.Validate();
  const bool valid = found.empty();
  if (problems != nullptr) *problems = std::move(found);
  if (!valid) return nullptr;
  return std::unique_ptr<Breaker>(
      new Breaker(std::move(name), settings, options));
}

Breaker::Breaker(std::string name, const Settings& settings,
                 const Options& options)
    : clock_(*options.clock),
      totals_(options.keep_totals ? std::make_unique<Totals>() : nullptr),
      sink_(options.sink),
      name_(std::move(name)),
      settings_(settings),
      machine_(*options.random) {
  MutexLock lock(mu_);
  failures_.Reset(machine_.generation());
  Configure();
}

Breaker::~Breaker() {
  assert((totals_ == nullptr || totals_->Read().in_flight() == 0) &&
         "a permit outlives its breaker");
}

bool Breaker::Update(const Settings& settings, TimePoint now,
                     Problems* problems) {
  Problems found = settings.Validate();
  const bool valid = found.empty();
  if (problems != nullptr) *problems = std::move(found);
  if (!valid) return false;
  bool told;
  {
    MutexLock lock(mu_);
    const Mode before = EffectiveMode();
    settings_ = settings;
    Configure();
    told = TellMode(before, now);
  }
  Flush(told);
  return true;
}

void Breaker::Configure() {
  machine_.Reserve(settings_);
  window_.Configure(settings_);
  if (settings_.failure_score) {
    failures_.SetSuccessPoints(settings_.failure_score->success);
  } else {
    failures_.ClearScore(machine_.generation());
  }
  slow_after_.store(SlowAfter(settings_), std::memory_order_relaxed);
  StoreWord();
}

Admission Breaker::AcquireSlowly(StateWord word, TimePoint now, CallShape shape,
                                 Connectivity* connectivity) noexcept {
  CallFacts call{shape};
  if (word.state() == State::kOpen && Judges(word.mode())) {
    const Opening::Reading opening = opening_.Read();
    if (Look().bits() != word.bits()) {
      // The state has changed, so the reading says nothing.
    } else if (opening.is_over(now)) {
      call.cut_off = connectivity != nullptr && word.mode() == Mode::kEnforce &&
                     connectivity->IsDown();
    } else if (word.ends_early() && connectivity != nullptr &&
               connectivity->HasComeBack(opening.since, now)) {
      call.came_back_in = word.generation();
    } else {
      Rejection rejection;
      opening.Describe(now, &rejection);
      return TurnAway(word, rejection);
    }
  }
  if (word.was_reset() && word.mode() == Mode::kEnforce) {
    call.cut_off = connectivity != nullptr && connectivity->IsDown();
  }
  switch (word.mode()) {
    case Mode::kDisabled:
      return Admit(word.With(StateWord::kTotalsOnly));
    case Mode::kForcedOpen:
      return TurnAway(word, kForcedOpen);
    case Mode::kEnforce:
    case Mode::kDryRun:
      break;
  }
  return AcquireLocked(now, call);
}

Admission Breaker::TurnAway(StateWord word,
                            const Rejection& rejection) noexcept {
  if (word.mode() == Mode::kDryRun) {
    if (totals_ != nullptr) totals_->NotEnforced(rejection.reason);
    Admission admission = Admit(word.With(StateWord::kTotalsOnly));
    admission.rejection = rejection;
    return admission;
  }
  if (totals_ != nullptr) totals_->Rejected(rejection.reason);
  return Admission(rejection);
}

Admission Breaker::AcquireLocked(TimePoint now, const CallFacts& call) {
  StateWord word;
  Decision decision;
  Rejection rejection;
  bool told;
  {
    MutexLock lock(mu_);
    word = Look();
    if (word.mode() == Mode::kDisabled) {
      return Admit(word.With(StateWord::kTotalsOnly));
    }
    if (word.mode() == Mode::kForcedOpen) return TurnAway(word, kForcedOpen);
    const uint64_t before = machine_.generation();
    decision = Decide(now, call);
    told = Publish(before);
    if (word.was_reset() && !machine_.was_reset()) StoreWord();
    word = Look();
    if (decision.admitted) {
      const bool takes_slot = settings_.max_concurrent_calls != 0;
      slots_ += takes_slot ? 1 : 0;
      word = word.With(StateWord::kProbe, decision.probe != 0)
                 .With(StateWord::kHasSlot, takes_slot);
    } else {
      rejection = {decision.reason, machine_.state(), Duration::zero(),
                   machine_.opened_by()};
      if (decision.reason == RejectionReason::kOpen) {
        rejection.retry_after = machine_.open_until() - machine_.Latest(now);
      } else if (decision.reason == RejectionReason::kReconnecting) {
        rejection.retry_after = machine_.connect_by() - machine_.Latest(now);
      }
    }
  }
  Flush(told);
  if (!decision.admitted) return TurnAway(word, rejection);
  return Admit(word, decision.probe);
}

Decision Breaker::Decide(TimePoint now, const CallFacts& call) {
  if (machine_.RejectsInOpen(settings_, call, now)) {
    return {false, 0, RejectionReason::kOpen};
  }
  if (settings_.max_concurrent_calls != 0 &&
      slots_ >= settings_.max_concurrent_calls) {
    return {false, 0, RejectionReason::kConcurrency};
  }
  const Decision decision = machine_.Acquire(settings_, call, now);
  if (machine_.state() == State::kClosed && !RampAdmits(now)) {
    return {false, 0, RejectionReason::kRamp};
  }
  return decision;
}

bool Breaker::RampAdmits(TimePoint now) {
  if (!ramp_.begun() || !settings_.recovery_ramp) return true;
  now = machine_.Latest(now);
  if (now >=
      SaturatingAdd(machine_.since(), settings_.recovery_ramp->duration)) {
    ramp_.End();
    StoreWord();
    return true;
  }
  return ramp_.Admit(*settings_.recovery_ramp, now - machine_.since());
}

StateWord Breaker::WordFor(State state) const {
  StateWord::Traits traits;
  traits.asks = (ramp_.begun() && settings_.recovery_ramp) ||
                settings_.max_concurrent_calls != 0;
  traits.window = window_.counting();
  traits.totals = totals_ != nullptr;
  traits.slow = settings_.slow_call_rate.has_value();
  traits.ends_early = settings_.half_open.early_on_reconnect;
  traits.reset = machine_.was_reset();
  return StateWord(machine_.generation(), state, EffectiveMode(), traits);
}

void Breaker::StoreWord() {
  word_.store(WordFor(machine_.state()).bits(), std::memory_order_release);
}

bool Breaker::Publish(uint64_t generation_before, const void* context) {
  if (machine_.generation() == generation_before) return false;
  ramp_.End();
  if (machine_.last_transition().from == State::kOpen) {
    open_time_ =
        SaturatingSum(open_time_, Elapsed(opened_at_, machine_.since()));
  }
  switch (machine_.state()) {
    case State::kOpen:
      if (machine_.last_transition().from == State::kClosed && totals_) {
        before_ = totals_->ReadCalls();
      }
      opened_at_ = machine_.since();
      opening_.Store(machine_.since(), machine_.open_until(),
                     machine_.opened_by());
      break;
    case State::kClosed:
      // No permit has this word. From here on no success of an older generation
      // takes the run, the score or the window, which are emptied next, for its
      // own.
      word_.store(WordFor(State::kHalfOpen).bits(), std::memory_order_release);
      failures_.Reset(machine_.generation());
      window_.Clear();
      if (machine_.last_transition().from == State::kHalfOpen &&
          machine_.last_transition().cause.reason !=
              TransitionReason::kOperator) {
        ramp_.Begin();
      }
      break;
    case State::kHalfOpen:
      break;
  }
  StoreWord();
  return Tell(machine_.last_transition(), context);
}

// Adds the calls of the outage, if there is one.
std::optional<Outage> Breaker::WithCalls(
    std::optional<Outage> outage) const noexcept {
  if (!outage || totals_ == nullptr) return outage;
  const Outage calls = totals_->ReadCalls();
  outage->rejected = calls.rejected - before_.rejected;
  outage->not_enforced = calls.not_enforced - before_.not_enforced;
  outage->fallbacks = calls.fallbacks - before_.fallbacks;
  return outage;
}

bool Breaker::Tell(Transition transition, const void* context) {
  if (totals_ != nullptr) {
    totals_->Changed(transition.from, transition.to, transition.cause.reason);
  }
  if (sink_ == nullptr) return false;
  transition.breaker = name_;
  transition.mode = EffectiveMode();
  transition.outage = WithCalls(transition.outage);
  sink_->Push(transition, context);
  return true;
}

}  // namespace fusebox
