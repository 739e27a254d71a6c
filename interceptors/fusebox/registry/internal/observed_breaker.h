// observed_breaker.h: a breaker of a registry, with its events and its meter.
//
// It turns the breaker's transitions and the fates of its calls into events for
// the registry's listeners. If there are no listeners and no meter, a call
// costs two loads here.

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
#include <vector>

#include "absl/status/status.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/base/mutex.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/settings.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/call_reading.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/internal/call_meter.h"
#include "fusebox/registry/internal/dispatcher.h"

namespace fusebox::internal {

// How an admitted call ended, as its caller saw it. `message` and
// `address` are valid only while the function runs that takes the CallEnd.
struct CallEnd {
  Outcome outcome = Outcome::kIgnored;            // the verdict
  absl::StatusCode code = absl::StatusCode::kOk;  // one of the canonical codes
  std::string_view message{};                     // the message of the status
  Duration duration{0};  // from the call's start to its status
  Duration pushback{0};  // see Verdict::pushback

  // Whether the call's own application cancelled it. Absent if the call was not
  // cancelled.
  std::optional<bool> own_cancel{};

  // The address of the server that sent the status, if one did.
  std::string_view address{};
};

// The calls whose failures opened the circuit in the present outage.
struct OutageCalls {
  std::optional<FailedCall> first;  // began the outage
  std::optional<FailedCall> last;   // caused its last opening
};

// Thread-safe.
class FUSEBOX_EXPORT ObservedBreaker final : public TransitionSink,
                                             public Debtor {
 public:
  static constexpr Duration kEventPeriod = std::chrono::milliseconds(100);

  // `clock` and `dispatcher` must outlive it. REQUIRES: `settings.Validate()`
  // finds no problem.
  ObservedBreaker(BreakerName name, const Settings& settings,
                  const Clock& clock, Dispatcher& dispatcher);

  ~ObservedBreaker() override { dispatcher_.Forget(this); }

  const BreakerName& name() const { return *name_; }
  Breaker& breaker() const { return *breaker_; }

  // Counts calls by code and duration from now on. No two calls of it may
  // overlap.
  void StartMeter(const std::vector<Duration>& bounds);

  // Returns the counts, or nullopt if the meter was not started.
  std::optional<CallReading> ReadMeter() const;

  // Returns the calls of the present outage. Empty if the circuit is CLOSED, or
  // if calls of its kind have no status (core/call.h).
  OutageCalls outage_calls() const FUSEBOX_EXCLUDES(outage_mu_);

  // Reports the final status of an admitted call.
  void Ended(const CallEnd& end) noexcept {
    if (CallMeter* const meter = meter_.load(std::memory_order_acquire)) {
      meter->Add(end.outcome, end.code, end.duration);
    }
  }

  // Report what happened to a call. `enforced` is false if the call passed only
  // because of DRY_RUN. Each makes at most one event per kEventPeriod. The
  // next transition, or TellRest(), reports what was only counted.
  void Rejected(const Rejection& rejection, bool enforced,
                TimePoint now) noexcept;
  void ProbeBegan(TimePoint now) noexcept;
  void ProbeEnded(const CallEnd& end, TimePoint now) noexcept;
  void StreamBroke(const CallEnd& end, TimePoint now) noexcept;
  void FellBack(TimePoint now) noexcept;

  // Reports a call that met this breaker because `wanted` has none.
  void Overflowed(const BreakerName& wanted, TimePoint now) noexcept;

  // Reports that the breaker has left the registry, after what it has counted.
  // Flush() must follow.
  void Retired(std::shared_ptr<const Snapshot> last, TimePoint now) noexcept;

  // Receives the breaker's transitions. `context` is a CallEnd or null.
  void Push(const Transition& transition,
            const void* context) noexcept override;
  void Flush() noexcept override { dispatcher_.Flush(); }

  bool TellRest(TimePoint now, bool all) noexcept override;

 private:
  // What an event of a single call says besides its kind. Small enough to be
  // atomic.
  struct Facts {
    RejectionReason reason = RejectionReason::kOpen;
    State state = State::kClosed;
    Outcome outcome = Outcome::kIgnored;
    uint8_t code = 0;
  };

  // Counts the events of one kind and lets one per period pass.
  struct Sampler {
    // Returns 0 if no event passes at `now`, else the number of events since
    // the last one that passed. One passes if that one was a period and `grace`
    // ago.
    uint64_t Pass(TimePoint now, Duration grace = Duration(0)) noexcept;

    std::atomic<uint64_t> untold{0};
    // Of the last one that was counted.
    std::atomic<Facts> facts{Facts()};
    std::atomic<TimePoint> at{TimePoint()};

    std::atomic<Duration::rep> next{Duration::min().count()};
  };
  enum Kind : uint8_t {
    kRejected,
    kNotEnforced,
    kProbeBegan,
    kProbeEnded,
    kBroken,
    kFallenBack,
    kOverflowed,
    kKinds,
  };

  // Counts an event of that kind. Returns it if it passes.
  std::optional<Event> Sample(Kind kind, const Facts& facts,
                              TimePoint now) noexcept;
  static Event MakeEvent(Kind kind, const Facts& facts, uint64_t count,
                         TimePoint now) noexcept;
  // Queues an event of a sampler. If there is no room for it, gives its count
  // back and returns false; if it is the `last` chance, makes room.
  bool Tell(Kind kind, Event event, bool last = false) noexcept;
  void TellNow(Kind kind, Event event) noexcept;
  // Tells what samplers have counted. Returns whether some of it is left.
  bool TellUntold(TimePoint now, bool all, bool last = false) noexcept;
  // Notes the call that opened the circuit, if `end` is one.
  void NoteOutage(const Transition& transition, const CallEnd* end)
      FUSEBOX_EXCLUDES(outage_mu_);
  // Makes the dispatcher ask for the rest. Flush() must follow.
  void Owe() noexcept;

  const std::shared_ptr<const BreakerName> name_;
  Dispatcher& dispatcher_;
  std::unique_ptr<CallMeter> owned_meter_;
  std::atomic<CallMeter*> meter_{nullptr};
  std::array<Sampler, kKinds> samplers_;
  std::atomic<bool> owes_{false};  // the dispatcher knows that it does
  uint64_t last_generation_ = 1;   // last pushed; guarded by the breaker's lock
  mutable Mutex outage_mu_;        // taken while the breaker's lock is held
  OutageCalls outage_ FUSEBOX_GUARDED_BY(outage_mu_);
  const std::unique_ptr<Breaker> breaker_;  // the last member: uses the others
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_REGISTRY_INTERNAL_OBSERVED_BREAKER_H_
