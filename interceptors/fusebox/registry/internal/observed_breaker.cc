#include "fusebox/registry/internal/observed_breaker.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "fusebox/base/clock.h"
#include "fusebox/base/utf8.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/call_reading.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/internal/call_meter.h"

namespace fusebox::internal {
namespace {

// Returns `text`, or its beginning and "..." where it exceeds `kMaxDetail`.
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

void ObservedBreaker::StartMeter() {
  if (owned_meter_ != nullptr) return;
  owned_meter_ = std::make_unique<CallMeter>();
  meter_.store(owned_meter_.get(), std::memory_order_release);
}

std::optional<CallReading> ObservedBreaker::ReadMeter() const {
  const CallMeter* const meter = meter_.load(std::memory_order_acquire);
  if (meter == nullptr) return std::nullopt;
  return meter->Read();
}

uint64_t ObservedBreaker::Sampler::Pass(TimePoint now) noexcept {
  untold.fetch_add(1, std::memory_order_relaxed);
  Duration::rep due = next.load(std::memory_order_relaxed);
  const TimePoint next_due = SaturatingAdd(now, kEventPeriod);
  if (now.time_since_epoch().count() < due ||
      !next.compare_exchange_strong(due, next_due.time_since_epoch().count(),
                                    std::memory_order_relaxed)) {
    return 0;
  }
  return untold.exchange(0, std::memory_order_relaxed);
}

std::optional<Event> ObservedBreaker::Sample(Kind kind, EventType type,
                                             TimePoint now) noexcept {
  if (!dispatcher_.hears_calls()) return std::nullopt;
  const uint64_t count = samplers_[kind].Pass(now);
  if (count == 0) return std::nullopt;
  Event event;
  event.type = type;
  event.at = now;
  event.count = count;
  return event;
}

void ObservedBreaker::Tell(Event event) noexcept {
  event.breaker = name_;
  dispatcher_.PushCallEvent(std::move(event));
  dispatcher_.Flush();
}

void ObservedBreaker::ProbeEnded(const CallEnd& end, TimePoint now) noexcept {
  if (auto event = Sample(kProbeEnded, EventType::kProbe, now)) {
    event->outcome = end.outcome;
    Describe(end, &*event);
    Tell(std::move(*event));
  }
}

void ObservedBreaker::Rejected(const Rejection& rejection, bool enforced,
                               TimePoint now) noexcept {
  if (auto event = Sample(enforced ? kRejected : kNotEnforced,
                          EventType::kRejection, now)) {
    event->reason = rejection.reason;
    event->state = rejection.state;
    event->retry_after = rejection.retry_after;
    event->enforced = enforced;
    Tell(std::move(*event));
  }
}

void ObservedBreaker::ProbeBegan(TimePoint now) noexcept {
  if (auto event = Sample(kProbeBegan, EventType::kProbe, now)) {
    Tell(std::move(*event));
  }
}

void ObservedBreaker::StreamBroke(const CallEnd& end, TimePoint now) noexcept {
  if (auto event = Sample(kBroken, EventType::kBrokenStream, now)) {
    Describe(end, &*event);
    Tell(std::move(*event));
  }
}

void ObservedBreaker::FellBack(TimePoint now) noexcept {
  if (auto event = Sample(kFallenBack, EventType::kFallback, now)) {
    Tell(std::move(*event));
  }
}

void ObservedBreaker::Push(const Transition& transition,
                           const void* context) noexcept {
  Event event;
  event.type = transition.generation == last_generation_
                   ? EventType::kMode
                   : EventType::kTransition;
  last_generation_ = transition.generation;
  event.at = transition.at;
  event.breaker = name_;
  event.transition = transition;
  event.state = transition.to;
  if (context != nullptr && transition.to == State::kOpen) {
    Describe(*static_cast<const CallEnd*>(context), &event);
  }
  dispatcher_.Push(std::move(event));
}

}  // namespace fusebox::internal
