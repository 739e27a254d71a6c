// watch_hub.h: tells all watchers what changes, from one look a moment.
//
// One thread looks at the registry: for a new watcher, where a circuit or a
// mode has changed, and where an interval is over; at most every kLeastGap,
// and, with telling them, for at most a tenth of the time. Intervals of one
// length end together, at multiples of it on the clock: a thousand watchers
// cost one look a second. A response is made of messages that all watchers
// share, and each watcher has one under way at most; what changes meanwhile is
// in its next one.
//
// It knows nothing of gRPC's calls: a WatchSink stands for one.

#ifndef FUSEBOX_ADMIN_INTERNAL_WATCH_HUB_H_
#define FUSEBOX_ADMIN_INTERNAL_WATCH_HUB_H_

#include <grpcpp/support/slice.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/admin/internal/breaker_board.h"
#include "fusebox/admin/internal/breaker_views.h"
#include "fusebox/admin/internal/watcher.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/mutex.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/subscription.h"

namespace fusebox::internal {

// Where a watcher's responses go. The hub calls it from its own thread, with no
// lock held, and not after End().
class WatchSink {
 public:
  virtual ~WatchSink() = default;

  // Sends a response: all slices in a row are a WatchBreakersResponse. It is
  // not called again before WatchHub::Written().
  virtual void Write(std::vector<grpc::Slice> response) = 0;

  // Makes a Write() that is under way end soon.
  virtual void Cancel() = 0;

  // Ends the watch. No Write() is under way.
  virtual void End(const absl::Status& status) = 0;
};

// Thread-safe.
class WatchHub {
 public:
  // Looks are at least so far apart.
  static constexpr Duration kLeastGap = std::chrono::milliseconds(20);

  // `views` is not null. `watcher_events`: that wait for a watcher.
  WatchHub(std::shared_ptr<BreakerViews> views, size_t max_watchers,
           size_t watcher_events);

  // REQUIRES: it does not run on the hub's thread.
  ~WatchHub() { Stop(); }

  WatchHub(const WatchHub&) = delete;
  WatchHub& operator=(const WatchHub&) = delete;

  // Tells `sink` of everything from now on, until its End(). Errors, and then
  // it is told of nothing: RESOURCE_EXHAUSTED where as many watch as may or
  // there is no thread, UNAVAILABLE after Stop().
  absl::Status Add(std::shared_ptr<WatchSink> sink, WatchRequest request)
      FUSEBOX_EXCLUDES(mu_);

  // The sink's Write() is over; not `ok`: nobody reads there any more.
  void Written(WatchSink* sink, bool ok) FUSEBOX_EXCLUDES(mu_);

  // Nobody reads there any more. May come at any time, unknown sinks too.
  void Cancelled(WatchSink* sink) FUSEBOX_EXCLUDES(mu_);

  // Something may have changed that no event tells.
  void LookNow() FUSEBOX_EXCLUDES(mu_);

  // Ends all watches with UNAVAILABLE and the thread. A response that nobody
  // reads is given a tenth of a second, then cancelled. May be called twice.
  void Stop() FUSEBOX_EXCLUDES(mu_);

  size_t watchers() const FUSEBOX_EXCLUDES(mu_);

  // How often it has looked at the registry.
  uint64_t looks() const FUSEBOX_EXCLUDES(mu_);

 private:
  struct Watch {
    Watch(std::shared_ptr<WatchSink> its_sink, WatchRequest request,
          size_t max_events)
        : sink(std::move(its_sink)),
          watcher(std::move(request)),
          queue(max_events) {}

    const std::shared_ptr<WatchSink> sink;

    // Of the hub's thread.
    Watcher watcher;
    std::optional<TimePoint> due;  // absent: it has had no response yet
    bool more = false;             // its last response was a part of one
    bool cancelled = false;

    // Guarded by the hub's lock.
    EventQueue queue;
    bool writing = false;
    bool over = false;
    uint64_t first_look = 0;  // that its first response needs
  };
  using Watches = std::vector<std::shared_ptr<Watch>>;

  // What there is to do.
  struct Turn {
    Watches ending;
    Watches idle;  // could have a response; stopping: those that write still
    bool stopping = false;
    bool wanted = false;  // a look
  };

  void Run() FUSEBOX_EXCLUDES(mu_);
  Turn WaitForTurn() FUSEBOX_EXCLUDES(mu_);
  void CancelSoon(const Watches& writing);
  void Serve(const Turn& turn) FUSEBOX_EXCLUDES(mu_);
  void Look() FUSEBOX_EXCLUDES(mu_);

  // Sends the watcher what it is to have now. False: nothing.
  bool Offer(Watch& watch, TimePoint now) FUSEBOX_EXCLUDES(mu_);
  void TurnBy(TimePoint time);
  void Hear(const Event& event) FUSEBOX_EXCLUDES(mu_);
  void Wake() FUSEBOX_REQUIRES(mu_);

  const std::shared_ptr<BreakerViews> views_;
  const size_t max_watchers_;
  const size_t watcher_events_;

  // Of the thread.
  BreakerBoard board_;
  TimePoint next_look_{};  // not before
  std::optional<TimePoint> next_turn_;
  std::optional<TimePoint> cancel_at_;  // stopping

  mutable Mutex mu_;
  std::condition_variable_any changed_;
  std::map<WatchSink*, std::shared_ptr<Watch>> watches_ FUSEBOX_GUARDED_BY(mu_);
  bool woken_ FUSEBOX_GUARDED_BY(mu_) = false;
  bool wanted_ FUSEBOX_GUARDED_BY(mu_) = false;  // a look
  uint64_t looks_ FUSEBOX_GUARDED_BY(mu_) = 0;   // begun
  bool stopping_ FUSEBOX_GUARDED_BY(mu_) = false;
  std::thread thread_ FUSEBOX_GUARDED_BY(mu_);

  const Subscription subscription_;  // last: its listener uses the rest
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_WATCH_HUB_H_
