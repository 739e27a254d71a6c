// watch_hub.h: sends all watchers what they have not seen yet.
//
// The feed says what a watcher has not seen. The hub says when: it decides when
// to look at the registry, and keeps at most one response per watcher on its
// way. Changes in the meantime are in the next response.
//
// One thread looks at the registry: for a new watcher, when a circuit or a mode
// has changed, and when an interval is over. Looks are at least kLeastGap
// apart, and looking and sending take at most a tenth of the time. Intervals of
// the same length end together, at multiples of it on the clock, so that a
// thousand watchers cost one look per second.
//
// The hub does not know gRPC's calls: a WatchSink stands for a call.

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
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/admin/internal/breaker_reader.h"
#include "fusebox/admin/internal/feed.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/internal/background_thread.h"
#include "fusebox/base/mutex.h"
#include "fusebox/registry/event.h"

namespace fusebox::internal {

// Receives the responses for one watcher. The hub calls it from its own thread,
// without holding a lock, and not after End().
class WatchSink {
 public:
  virtual ~WatchSink() = default;

  // Sends a response. All slices together are one WatchBreakersResponse. The
  // hub does not call Write() again before WatchHub::Written().
  virtual void Write(std::vector<grpc::Slice> response) = 0;

  // Makes the running Write() end soon.
  virtual void Cancel() = 0;

  // Ends the watch. No Write() is running.
  virtual void End(const absl::Status& status) = 0;
};

// Thread-safe.
class WatchHub {
 public:
  static constexpr Duration kLeastGap = std::chrono::milliseconds(20);

  // At most `watcher_events` events wait for each watcher. REQUIRES: `reader`
  // is not null.
  WatchHub(std::shared_ptr<BreakerReader> reader, size_t max_watchers,
           size_t watcher_events)
      : reader_(std::move(reader)),
        max_watchers_(max_watchers),
        feed_(reader_.get(), watcher_events) {}

  // Must not run on the hub's thread.
  ~WatchHub() { Stop(); }

  WatchHub(const WatchHub&) = delete;
  WatchHub& operator=(const WatchHub&) = delete;

  // Sends `sink` everything from now on, until its End(). If this fails, the
  // sink is not called. Errors: RESOURCE_EXHAUSTED if there are `max_watchers`
  // already, or no thread; UNAVAILABLE after Stop().
  absl::Status Add(std::shared_ptr<WatchSink> sink, WatchRequest request)
      FUSEBOX_EXCLUDES(mu_);

  // Reports that the sink's Write() is over. If it is not `ok`, nobody reads
  // there any more.
  void Written(WatchSink* sink, bool ok) FUSEBOX_EXCLUDES(mu_);

  // Reports that nobody reads there any more. May be called at any time, and
  // with unknown sinks.
  void Cancelled(WatchSink* sink) FUSEBOX_EXCLUDES(mu_);

  // Takes each event of the registry. The reader must have it already.
  void OnEvent(const Event& event);

  // Ends all watches with UNAVAILABLE, then the thread. A response that nobody
  // reads is cancelled after a tenth of a second. May be called twice.
  void Stop() FUSEBOX_EXCLUDES(mu_);

  size_t watchers() const FUSEBOX_EXCLUDES(mu_);

  // Returns how many looks at the registry have begun.
  uint64_t looks() const { return feed_.looks(); }

 private:
  struct Watch {
    Watch(std::shared_ptr<WatchSink> its_sink, Feed* feed, WatchRequest request)
        : sink(std::move(its_sink)), viewer(feed, std::move(request)) {}

    const std::shared_ptr<WatchSink> sink;

    // Used by the hub's thread only.
    Feed::Viewer viewer;
    std::optional<TimePoint> due;  // absent until the first response
    bool cancelled = false;

    // Guarded by the hub's mutex.
    bool writing = false;
    bool over = false;
  };
  using Watches = std::vector<std::shared_ptr<Watch>>;

  // Does what there is to do. Each returns how long to wait for the next turn.
  std::optional<Duration> TakeTurn() FUSEBOX_EXCLUDES(mu_);
  std::optional<Duration> Serve(const Watches& idle) FUSEBOX_EXCLUDES(mu_);
  std::optional<Duration> CancelSoon(const Watches& writing);

  // Sends the watcher what it must get now. Returns false if that is nothing.
  bool Offer(Watch& watch, TimePoint now) FUSEBOX_EXCLUDES(mu_);

  const std::shared_ptr<BreakerReader> reader_;
  const size_t max_watchers_;
  Feed feed_;

  // Used by the thread only.
  TimePoint next_look_{};               // the earliest
  std::optional<TimePoint> cancel_at_;  // while stopping

  mutable Mutex mu_;
  std::condition_variable_any emptied_;
  std::map<WatchSink*, std::shared_ptr<Watch>> watches_ FUSEBOX_GUARDED_BY(mu_);
  bool stopping_ FUSEBOX_GUARDED_BY(mu_) = false;

  BackgroundThread thread_{[this] { return TakeTurn(); }};
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_WATCH_HUB_H_
