// call_recorder.h: what observers are told about one breaker's calls.
//
// Stands between a breaker and the registry's listeners: takes its transitions,
// and what the interceptor sees of its calls, and makes events of them. Without
// listeners and without a meter it is two loads a call.

#ifndef FUSEBOX_REGISTRY_INTERNAL_CALL_RECORDER_H_
#define FUSEBOX_REGISTRY_INTERNAL_CALL_RECORDER_H_

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
#include "fusebox/core/permit.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/transition_queue.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/call_reading.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/internal/call_meter.h"
#include "fusebox/registry/internal/dispatcher.h"

namespace fusebox::internal {

// How a call ended. Good for the recorder's call only.
struct CallEnd {
  Outcome outcome =
      Outcome::kIgnored;  // the verdict that the breaker was given
  absl::StatusCode code = absl::StatusCode::kOk;  // a canonical one
  std::string_view message;                       // the status's
  Duration duration{0};
};

// What the call failed with whose verdict this thread is about to give: while
// it lives, it goes into the event of the transition that the verdict causes.
class FailureContext {
 public:
  explicit FailureContext(const CallEnd& end);  // must outlive it
  explicit FailureContext(CallEnd&&) = delete;
  ~FailureContext();
  FailureContext(const FailureContext&) = delete;
  FailureContext& operator=(const FailureContext&) = delete;

 private:
  const CallEnd* const outer_;
};

// Thread-safe.
class CallRecorder final : public TransitionSink {
 public:
  static constexpr Duration kEventPeriod = std::chrono::milliseconds(100);

  // `dispatcher` must outlive it.
  CallRecorder(BreakerName name, Dispatcher& dispatcher)
      : name_(std::make_shared<const BreakerName>(std::move(name))),
        dispatcher_(dispatcher) {}

  const BreakerName& name() const { return *name_; }

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
  void Push(const Transition& transition) noexcept override;
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
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_REGISTRY_INTERNAL_CALL_RECORDER_H_
