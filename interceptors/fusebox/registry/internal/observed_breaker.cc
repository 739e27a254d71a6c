#include "fusebox/registry/internal/observed_breaker.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/utf8.h"
#include "fusebox/base/mutex.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/call_reading.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/internal/call_meter.h"

namespace fusebox::internal {
namespace {

// Returns `text`, or its beginning and "..." if it is longer than kMaxDetail.
std::string Shortened(std::string_view text) {
  if (text.size() <= Event::kMaxDetail) return std::string(text);
  constexpr std::string_view kDots = "...";
  return std::string(FirstBytes(text, Event::kMaxDetail - kDots.size()))
      .append(kDots);
}

void Describe(const CallEnd& end, Event* event) {
  event->code = end.code;
  event->detail = Shortened(end.message);
  event->duration = end.duration;
  event->address = std::string(end.address);
}

std::string TextOf(const BreakerName& name) {
  return name.key.empty() ? name.method : name.method + " [" + name.key + "]";
}

}  // namespace

ObservedBreaker::ObservedBreaker(BreakerName name, const Settings& settings,
                                 const Clock& clock, Dispatcher& dispatcher)
    : name_(std::make_shared<const BreakerName>(std::move(name))),
      dispatcher_(dispatcher),
      breaker_([&] {
        Breaker::Options options;
        options.clock = &clock;
        options.sink = this;
        return Breaker::Create(TextOf(*name_), settings, options);
      }()) {}

void ObservedBreaker::StartMeter(const std::vector<Duration>& bounds) {
  if (owned_meter_ != nullptr) return;
  owned_meter_ = std::make_unique<CallMeter>(bounds);
  meter_.store(owned_meter_.get(), std::memory_order_release);
}

std::optional<CallReading> ObservedBreaker::ReadMeter() const {
  const CallMeter* const meter = meter_.load(std::memory_order_acquire);
  if (meter == nullptr) return std::nullopt;
  return meter->Read();
}

uint64_t ObservedBreaker::Sampler::Pass(TimePoint now,
                                        Duration grace) noexcept {
  Duration::rep due = next.load(std::memory_order_relaxed);
  const TimePoint next_due = SaturatingAdd(now, kEventPeriod);
  if (SaturatingAdd(now, -grace).time_since_epoch().count() < due ||
      !next.compare_exchange_strong(due, next_due.time_since_epoch().count(),
                                    std::memory_order_relaxed)) {
    return 0;
  }
  return untold.exchange(0, std::memory_order_acq_rel);
}

Event ObservedBreaker::MakeEvent(Kind kind, const Facts& facts, uint64_t count,
                                 TimePoint now) noexcept {
  static constexpr EventType kTypes[kKinds] = {
      EventType::kRejection, EventType::kRejection,    EventType::kProbe,
      EventType::kProbe,     EventType::kBrokenStream, EventType::kFallback,
      EventType::kOverflow};
  Event event;
  event.type = kTypes[kind];
  event.at = now;
  event.count = count;
  event.reason = facts.reason;
  event.state = facts.state;
  event.enforced = kind != kNotEnforced;
  if (kind == kProbeEnded) event.outcome = facts.outcome;
  if (kind == kProbeEnded || kind == kBroken) {
    event.code = static_cast<absl::StatusCode>(facts.code);
  }
  return event;
}

std::optional<Event> ObservedBreaker::Sample(Kind kind, const Facts& facts,
                                             TimePoint now) noexcept {
  if (!dispatcher_.hears_calls()) return std::nullopt;
  Sampler& sampler = samplers_[kind];
  sampler.facts.store(facts, std::memory_order_relaxed);
  sampler.at.store(now, std::memory_order_relaxed);
  sampler.untold.fetch_add(1, std::memory_order_acq_rel);
  const uint64_t count = sampler.Pass(now);
  if (count != 0) return MakeEvent(kind, facts, count, now);
  Owe();
  dispatcher_.Flush();
  return std::nullopt;
}

void ObservedBreaker::Owe() noexcept {
  if (!owes_.load(std::memory_order_relaxed) && !owes_.exchange(true)) {
    dispatcher_.Owe(this);
  }
}

bool ObservedBreaker::Tell(Kind kind, Event event, bool last) noexcept {
  event.breaker = name_;
  if (last) {
    dispatcher_.Push(std::move(event));
    return true;
  }
  const uint64_t count = event.count;
  if (dispatcher_.PushCallEvent(std::move(event))) return true;
  samplers_[kind].untold.fetch_add(count, std::memory_order_acq_rel);
  return false;
}

void ObservedBreaker::TellNow(Kind kind, Event event) noexcept {
  if (!Tell(kind, std::move(event))) Owe();
  dispatcher_.Flush();
}

bool ObservedBreaker::TellRest(TimePoint now, bool all) noexcept {
  owes_ = false;  // first: what is counted from here on is owed again
  // If another call has made it owe meanwhile, the dispatcher has it twice.
  return TellUntold(now, all) && !owes_.exchange(true);
}

bool ObservedBreaker::TellUntold(TimePoint now, bool all, bool last) noexcept {
  bool rest = false;
  for (uint8_t i = 0; i < kKinds; ++i) {
    const auto kind = static_cast<Kind>(i);
    Sampler& sampler = samplers_[kind];
    if (sampler.untold.load(std::memory_order_acquire) == 0) continue;
    const uint64_t count =
        all ? sampler.untold.exchange(0, std::memory_order_acq_rel)
            : sampler.Pass(now, /*grace=*/kEventPeriod);
    const Facts facts = sampler.facts.load(std::memory_order_relaxed);
    const TimePoint at = sampler.at.load(std::memory_order_relaxed);
    if (count == 0 || !Tell(kind, MakeEvent(kind, facts, count, at), last)) {
      rest = true;
    }
  }
  return rest;
}

void ObservedBreaker::ProbeEnded(const CallEnd& end, TimePoint now) noexcept {
  const Facts facts = {RejectionReason::kOpen, State::kClosed, end.outcome,
                       static_cast<uint8_t>(end.code)};
  if (auto event = Sample(kProbeEnded, facts, now)) {
    Describe(end, &*event);
    TellNow(kProbeEnded, std::move(*event));
  }
}

void ObservedBreaker::Rejected(const Rejection& rejection, bool enforced,
                               TimePoint now) noexcept {
  const Kind kind = enforced ? kRejected : kNotEnforced;
  if (auto event = Sample(kind, {rejection.reason, rejection.state}, now)) {
    event->retry_after = rejection.retry_after;
    TellNow(kind, std::move(*event));
  }
}

void ObservedBreaker::ProbeBegan(TimePoint now) noexcept {
  if (auto event = Sample(kProbeBegan, {}, now)) {
    TellNow(kProbeBegan, std::move(*event));
  }
}

void ObservedBreaker::StreamBroke(const CallEnd& end, TimePoint now) noexcept {
  const Facts facts = {RejectionReason::kOpen, State::kClosed, end.outcome,
                       static_cast<uint8_t>(end.code)};
  if (auto event = Sample(kBroken, facts, now)) {
    Describe(end, &*event);
    TellNow(kBroken, std::move(*event));
  }
}

void ObservedBreaker::FellBack(TimePoint now) noexcept {
  if (auto event = Sample(kFallenBack, {}, now)) {
    TellNow(kFallenBack, std::move(*event));
  }
}

void ObservedBreaker::Overflowed(const BreakerName& wanted,
                                 TimePoint now) noexcept {
  if (auto event = Sample(kOverflowed, {}, now)) {
    event->detail = BreakerText(wanted);
    TellNow(kOverflowed, std::move(*event));
  }
}

void ObservedBreaker::Retired(std::shared_ptr<const Snapshot> last,
                              TimePoint now) noexcept {
  if (dispatcher_.hears_calls()) TellUntold(now, /*all=*/true, /*last=*/true);
  Event event;
  event.type = EventType::kRetired;
  event.at = now;
  event.breaker = name_;
  event.last = std::move(last);
  dispatcher_.Push(std::move(event));
}

OutageCalls ObservedBreaker::outage_calls() const {
  MutexLock lock(outage_mu_);
  return outage_;
}

void ObservedBreaker::NoteOutage(const Transition& transition,
                                 const CallEnd* end) {
  MutexLock lock(outage_mu_);
  if (transition.to == State::kClosed) {
    outage_ = OutageCalls();
  } else if (transition.to == State::kOpen) {
    outage_.last.reset();
    if (end == nullptr) return;
    outage_.last = {end->code, Shortened(end->message),
                    std::string(end->address), end->duration, transition.at};
    if (transition.from == State::kClosed) outage_.first = outage_.last;
  }
}

void ObservedBreaker::Push(const Transition& transition,
                           const void* context) noexcept {
  // What came before the transition is told before it.
  if (dispatcher_.hears_calls() && TellUntold(transition.at, /*all=*/true)) {
    Owe();
  }
  const bool by_operator =
      transition.cause.reason == TransitionReason::kOperator;
  const auto* const end =
      by_operator ? nullptr : static_cast<const CallEnd*>(context);
  const bool of_mode = transition.generation == last_generation_;
  if (!of_mode) NoteOutage(transition, end);
  Event event;
  event.type = of_mode ? EventType::kMode : EventType::kTransition;
  last_generation_ = transition.generation;
  event.at = transition.at;
  event.breaker = name_;
  event.transition = transition;
  event.state = transition.to;
  if (by_operator && context != nullptr) {
    event.act = std::make_shared<const OperatorAct>(
        *static_cast<const OperatorAct*>(context));
  }
  if (end != nullptr && transition.to == State::kOpen) Describe(*end, &event);
  dispatcher_.Push(std::move(event));
}

}  // namespace fusebox::internal
