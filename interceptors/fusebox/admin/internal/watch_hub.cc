#include "fusebox/admin/internal/watch_hub.h"

#include <grpcpp/support/slice.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/admin/internal/feed.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/internal/elapsed.h"
#include "fusebox/base/mutex.h"
#include "fusebox/registry/event.h"

namespace fusebox::internal {
namespace {

// When to write to clients does not depend on the breakers' clock.
TimePoint Now() { return PreciseClock().Now(); }

// A response that is on its way when the hub stops gets this long. A client
// that reads has it by then.
constexpr Duration kGrace = std::chrono::milliseconds(100);

absl::Status ShuttingDown() {
  return absl::UnavailableError("the server is shutting down");
}

// The next multiple of `interval` on the clock.
TimePoint NextTick(TimePoint now, Duration interval) {
  const Duration since = now.time_since_epoch();
  return TimePoint(since - since % interval + interval);
}

}  // namespace

absl::Status WatchHub::Add(std::shared_ptr<WatchSink> sink,
                           WatchRequest request) {
  MutexLock lock(mu_);
  if (stopping_) return ShuttingDown();
  if (watches_.size() >= max_watchers_) {
    return absl::ResourceExhaustedError(
        std::to_string(watches_.size()) +
        " watch already, and no more may; try again later");
  }
  if (!thread_.Start()) {
    return absl::ResourceExhaustedError("no thread to watch with");
  }
  WatchSink* const key = sink.get();
  watches_[key] =
      std::make_shared<Watch>(std::move(sink), &feed_, std::move(request));
  thread_.Wake();
  return absl::OkStatus();
}

void WatchHub::Written(WatchSink* sink, bool ok) {
  MutexLock lock(mu_);
  const auto found = watches_.find(sink);
  if (found == watches_.end()) return;
  found->second->writing = false;
  if (!ok) found->second->over = true;
  thread_.Wake();
}

void WatchHub::Cancelled(WatchSink* sink) {
  MutexLock lock(mu_);
  const auto found = watches_.find(sink);
  if (found == watches_.end()) return;
  found->second->over = true;
  thread_.Wake();
}

void WatchHub::OnEvent(const Event& event) {
  if (feed_.OnEvent(event)) thread_.Wake();
}

void WatchHub::Stop() {
  {
    MutexLock lock(mu_);
    stopping_ = true;
    thread_.Wake();
    while (!watches_.empty()) emptied_.wait(mu_);
  }
  thread_.Stop();
}

size_t WatchHub::watchers() const {
  MutexLock lock(mu_);
  return watches_.size();
}

std::optional<Duration> WatchHub::TakeTurn() {
  Watches ending;
  Watches writing;
  Watches idle;
  bool stopping;
  {
    MutexLock lock(mu_);
    stopping = stopping_;
    for (auto it = watches_.begin(); it != watches_.end();) {
      const std::shared_ptr<Watch>& watch = it->second;
      const bool ends = !watch->writing && (watch->over || stopping);
      (ends ? ending : watch->writing ? writing : idle).push_back(watch);
      it = ends ? watches_.erase(it) : std::next(it);
    }
    if (watches_.empty()) emptied_.notify_all();
  }
  for (const auto& watch : ending) {
    watch->sink->End(stopping ? ShuttingDown()
                              : absl::CancelledError("the watcher has gone"));
  }
  return stopping ? CancelSoon(writing) : Serve(idle);
}

std::optional<Duration> WatchHub::CancelSoon(const Watches& writing) {
  if (writing.empty()) return std::nullopt;
  const TimePoint now = Now();
  if (!cancel_at_) cancel_at_ = SaturatingAdd(now, kGrace);
  if (now < *cancel_at_) return Elapsed(now, *cancel_at_);
  for (const auto& watch : writing) {
    if (!std::exchange(watch->cancelled, true)) watch->sink->Cancel();
  }
  return std::nullopt;
}

std::optional<Duration> WatchHub::Serve(const Watches& idle) {
  const TimePoint begin = Now();
  const bool due = std::any_of(
      idle.begin(), idle.end(),
      [&](const auto& watch) { return watch->due && *watch->due <= begin; });
  const bool look = (due || feed_.needs_look()) && begin >= next_look_;
  if (look) feed_.Look();
  const TimePoint now = Now();
  TimePoint next = TimePoint::max();
  for (const auto& watch : idle) {
    if (!Offer(*watch, now)) next = std::min(next, watch->due.value_or(next));
  }
  if (look) {
    const Duration took = Elapsed(begin, Now());
    next_look_ = SaturatingAdd(begin, std::max(kLeastGap, 10 * took));
  }
  if (feed_.needs_look()) next = std::min(next, next_look_);
  if (next == TimePoint::max()) return std::nullopt;
  return Elapsed(Now(), next);
}

bool WatchHub::Offer(Watch& watch, TimePoint now) {
  const bool due = watch.due && *watch.due <= now;
  std::vector<grpc::Slice> response = feed_.Next(due, &watch.viewer);
  if (response.empty()) return false;
  {
    MutexLock lock(mu_);
    if (watch.over) return false;
    watch.writing = true;
  }
  if (due || !watch.due) {
    watch.due = NextTick(now, watch.viewer.request().interval);
  }
  watch.sink->Write(std::move(response));
  return true;
}

}  // namespace fusebox::internal
