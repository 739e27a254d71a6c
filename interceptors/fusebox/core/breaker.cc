#include "fusebox/core/breaker.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "fusebox/core/clock.h"
#include "fusebox/core/machine.h"
#include "fusebox/core/mutex.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/settings.h"
#include "fusebox/core/totals.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"

namespace fusebox {
namespace {

constexpr Rejection kForcedOpen = {RejectionReason::kForcedOpen,
                                   State::kOpen,
                                   std::nullopt,
                                   {TransitionReason::kOperator}};

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
      sink_(options.sink),
      totals_(options.keep_totals ? std::make_unique<Totals>() : nullptr),
      name_(std::move(name)),
      settings_(settings) {
  machine_.Reserve(settings);
  run_.Reset(machine_.generation());
  word_.store(Pack(machine_.state(), settings.mode, machine_.generation()),
              std::memory_order_release);
}

Admission Breaker::Acquire(TimePoint now, CallShape shape) noexcept {
  const uint64_t word = word_.load(std::memory_order_acquire);
  const Mode mode = ModeOf(word);
  switch (mode) {
    case Mode::kDisabled:
      return Admit(GenerationOf(word), 0, Permit::Bearing::kCounted);
    case Mode::kForcedOpen:
      return TurnAway(mode, GenerationOf(word), kForcedOpen);
    case Mode::kEnforce:
    case Mode::kDryRun:
      break;
  }
  if (StateOf(word) == State::kClosed) {
    return Admit(GenerationOf(word), 0, Permit::Bearing::kJudged);
  }
  if (StateOf(word) == State::kOpen) {
    if (const auto rejection = RejectIfStillOpen(word, now)) {
      return TurnAway(mode, GenerationOf(word), *rejection);
    }
  }
  return AcquireLocked(now, shape);
}

Admission Breaker::Admit(uint64_t generation, uint64_t probe,
                         Permit::Bearing bearing) {
  if (totals_ != nullptr) totals_->Admitted();
  return {Permit(this, generation, probe, bearing), std::nullopt};
}

Admission Breaker::TurnAway(Mode mode, uint64_t generation,
                            const Rejection& rejection) {
  if (mode == Mode::kDryRun) {
    if (totals_ != nullptr) totals_->NotEnforced(rejection.reason);
    Admission admission = Admit(generation, 0, Permit::Bearing::kCounted);
    admission.rejection = rejection;
    return admission;
  }
  if (totals_ != nullptr) totals_->Rejected(rejection.reason);
  return {Permit(), rejection};
}

// `word` says OPEN. Nothing if its time is over or the word has changed.
std::optional<Rejection> Breaker::RejectIfStillOpen(uint64_t word,
                                                    TimePoint now) {
  const TimePoint until = open_until_.load(std::memory_order_acquire);
  if (now >= until) return std::nullopt;
  // A clock reading older than the opening counts as the opening's beginning.
  now = std::max(now, opened_at_.load(std::memory_order_acquire));
  const Cause cause = {cause_reason_.load(std::memory_order_acquire),
                       cause_failures_.load(std::memory_order_acquire),
                       cause_last_duration_.load(std::memory_order_acquire)};
  if (word_.load(std::memory_order_relaxed) != word) return std::nullopt;
  return Rejection{RejectionReason::kOpen, State::kOpen, until - now, cause};
}

Admission Breaker::AcquireLocked(TimePoint now, CallShape shape) {
  Decision decision;
  Rejection rejection;
  Mode mode;
  uint64_t generation;
  bool told;
  {
    MutexLock lock(mu_);
    mode = EffectiveMode();
    if (mode == Mode::kDisabled) {
      return Admit(machine_.generation(), 0, Permit::Bearing::kCounted);
    }
    if (mode == Mode::kForcedOpen) {
      return TurnAway(mode, machine_.generation(), kForcedOpen);
    }
    const uint64_t before = machine_.generation();
    decision = machine_.Acquire(settings_, shape, now);
    told = Publish(before);
    generation = machine_.generation();
    if (!decision.admitted) {
      const bool open = machine_.state() == State::kOpen;
      rejection = {decision.reason, machine_.state(),
                   open ? machine_.open_until() - machine_.Latest(now)
                        : Duration::zero(),
                   machine_.opened_by()};
    }
  }
  Flush(told);
  if (!decision.admitted) return TurnAway(mode, generation, rejection);
  return Admit(generation, decision.probe, Permit::Bearing::kJudged);
}

void Breaker::Settle(const Permit& permit, const Verdict& verdict,
                     TimePoint now) noexcept {
  if (totals_ != nullptr) totals_->Settled(verdict.outcome);
  if (permit.bearing_ != Permit::Bearing::kJudged) return;
  const uint64_t word = word_.load(std::memory_order_acquire);
  if (GenerationOf(word) != permit.generation_) {
    if (totals_ != nullptr) totals_->Late();
    return;
  }
  if (!Judges(ModeOf(word))) return;
  if (StateOf(word) == State::kClosed) {
    switch (verdict.outcome) {
      case Outcome::kSuccess:
        run_.Success(permit.generation_);
        return;
      case Outcome::kIgnored:
        return;
      case Outcome::kFailure:
        break;
    }
  }
  SettleLocked(permit, verdict, now);
}

void Breaker::SettleLocked(const Permit& permit, const Verdict& verdict,
                           TimePoint now) {
  bool told;
  {
    MutexLock lock(mu_);
    const uint64_t before = machine_.generation();
    if (before != permit.generation_) {
      if (totals_ != nullptr) totals_->Late();
      return;
    }
    if (!Judges(EffectiveMode())) return;
    if (permit.is_probe()) {
      machine_.SettleProbe(settings_, permit.probe_, verdict, now);
    } else {
      CountFailure(verdict, now);
    }
    told = Publish(before);
  }
  Flush(told);
}

void Breaker::CountFailure(const Verdict& verdict, TimePoint now) {
  const uint32_t failures = run_.Failure(machine_.generation());
  if (settings_.consecutive_failures == 0 ||
      failures < settings_.consecutive_failures) {
    return;
  }
  machine_.Trip(settings_, {TransitionReason::kConsecutiveFailures, failures},
                verdict, now);
}

void Breaker::ReportBrokenStream(const Verdict& failure, bool count_as_failure,
                                 TimePoint now) noexcept {
  if (totals_ != nullptr) totals_->BrokenStream();
  if (!count_as_failure) return;
  bool told;
  {
    MutexLock lock(mu_);
    if (machine_.state() != State::kClosed || !Judges(EffectiveMode())) return;
    const uint64_t before = machine_.generation();
    CountFailure(failure, now);
    told = Publish(before);
  }
  Flush(told);
}

void Breaker::End(const Permit& permit) noexcept {
  if (totals_ != nullptr) {
    if (permit.bearing_ != Permit::Bearing::kSettled) {
      totals_->Settled(Outcome::kIgnored);
      totals_->Abandoned();
    }
    totals_->Ended();
  }
  if (!permit.is_probe()) return;
  MutexLock lock(mu_);
  machine_.EndProbe(permit.probe_);
}

bool Breaker::Publish(uint64_t generation_before) {
  const uint64_t generation = machine_.generation();
  if (generation == generation_before) return false;
  switch (machine_.state()) {
    case State::kOpen:
      open_until_.store(machine_.open_until(), std::memory_order_release);
      opened_at_.store(machine_.since(), std::memory_order_release);
      cause_reason_.store(machine_.opened_by().reason,
                          std::memory_order_release);
      cause_failures_.store(machine_.opened_by().failures,
                            std::memory_order_release);
      cause_last_duration_.store(machine_.opened_by().last_duration,
                                 std::memory_order_release);
      break;
    case State::kClosed:
      run_.Reset(generation);
      break;
    case State::kHalfOpen:
      break;
  }
  word_.store(Pack(machine_.state(), EffectiveMode(), generation),
              std::memory_order_release);
  return Tell(machine_.last_transition());
}

bool Breaker::Tell(Transition transition) {
  if (sink_ == nullptr) return false;
  transition.breaker = name_;
  transition.mode = EffectiveMode();
  sink_->Push(transition);
  return true;
}

}  // namespace fusebox
