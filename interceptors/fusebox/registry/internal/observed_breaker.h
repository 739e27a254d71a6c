// observed_breaker.h: a breaker of a registry, and what observers learn of it.
//
// It takes the breaker's transitions and what happens to its calls, and makes
// events of them for the registry's listeners. Without listeners and without a
// meter a call costs two loads here.

#ifndef FUSEBOX_REGISTRY_INTERNAL_OBSERVED_BREAKER_H_
#define FUSEBOX_REGISTRY_INTERNAL_OBSERVED_BREAKER_H_

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "fusebox/base/clock.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/settings.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/transition_queue.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/call_reading.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/internal/call_meter.h"
#include "fusebox/registry/internal/dispatcher.h"

namespace fusebox::internal {

// How a call that passed ended, as the one who made it saw it. Views are valid
// during the call that takes it.
struct CallEnd {
  Outcome outcome = Outcome::kIgnored;            // the verdict
  absl::StatusCode code = absl::StatusCode::kOk;  // a canonical one
  std::string_view message{};                     // the status's
  Duration duration{0};  // from the call's start to its status
  Duration pushback{0};  // see Verdict::pushback

  // Of a call that ended as cancelled: whether its own application did it.
  std::optional<bool> own_cancel{};
};

// Thread-safe.
class ObservedBreaker final : public TransitionSink {
 public:
  static constexpr Duration kEventPeriod = std::chrono::milliseconds(100);

  // `clock` and `dispatcher` must outlive it. REQUIRES: `settings.Validate()`
  // finds no problem.
  ObservedBreaker(BreakerName name, const Settings& settings,
                  const Clock& clock, Dispatcher& dispatcher);

  const BreakerName& name() const { return *name_; }
  Breaker& breaker() const { return *breaker_; }

  // Counts calls by code and duration from now on. Must not race with itself.
  void StartMeter();
  std::optional<CallReading> ReadMeter() const;

  // A call that passed has its status.
  void Ended(const CallEnd& end) noexcept {
    if (CallMeter* const meter = meter_.load(std::memory_order_acquire)) {
      meter->Add(end.outcome, end.code, end.duration);
    }
  }

  // A call was rejected, or passed under DRY_RUN all the same.
  void Rejected(const Rejection& rejection, bool enforced,
                TimePoint now) noexcept;
  void ProbeBegan(TimePoint now) noexcept;
  void ProbeEnded(const CallEnd& end, TimePoint now) noexcept;
  void StreamBroke(const CallEnd& end, TimePoint now) noexcept;
  void FellBack(TimePoint now) noexcept;

  // The breaker's transitions.
  void Push(const Transition& transition,
            const void* context) noexcept override;
  void Flush() noexcept override { dispatcher_.Flush(); }

 private:
  // Of one kind of event: counts, and lets pass one a period.
  struct Sampler {
    // How many there were since it last let one pass, this one included; 0: it
    // does not pass.
    uint64_t Pass(TimePoint now) noexcept;

    std::atomic<uint64_t> untold{0};
    std::atomic<Duration::rep> next{Duration::min().count()};
  };
  enum Kind : uint8_t {
    kRejected,
    kNotEnforced,
    kProbeBegan,
    kProbeEnded,
    kBroken,
    kFallenBack,
    kKinds,
  };

  // An event of that kind, if it is to be told.
  std::optional<Event> Sample(Kind kind, EventType type,
                              TimePoint now) noexcept;
  void Tell(Event event) noexcept;

  const std::shared_ptr<const BreakerName> name_;
  Dispatcher& dispatcher_;
  std::unique_ptr<CallMeter> owned_meter_;
  std::atomic<CallMeter*> meter_{nullptr};
  std::array<Sampler, kKinds> samplers_;
  uint64_t last_generation_ = 1;  // told of; guarded by the breaker's lock
  const std::unique_ptr<Breaker> breaker_;  // last: it uses the rest
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_REGISTRY_INTERNAL_OBSERVED_BREAKER_H_
