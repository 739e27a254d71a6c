#include "fusebox/admin/internal/watch_hub.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/admin/internal/breaker_views.h"
#include "fusebox/admin/internal/view.h"
#include "fusebox/admin/internal/watcher.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/internal/elapsed.h"
#include "fusebox/base/internal/worker.h"
#include "fusebox/base/mutex.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/registry.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox::internal {
namespace {

// How often clients are written to has nothing to do with the breakers' clock.
TimePoint Now() { return PreciseClock().Now(); }

// For a response that is under way when the hub stops: who reads has it by
// then.
constexpr Duration kGrace = std::chrono::milliseconds(100);

// The next multiple of `interval` on the clock.
TimePoint NextTick(TimePoint now, Duration interval) {
  const Duration since = now.time_since_epoch();
  return TimePoint(since - since % interval + interval);
}

grpc::Slice EventMessage(const Event& event) {
  v1::WatchBreakersResponse alone;
  ToProto(event, alone.add_events());
  return grpc::Slice(alone.SerializeAsString());
}

}  // namespace

WatchHub::WatchHub(std::shared_ptr<BreakerViews> views, size_t max_watchers,
                   size_t watcher_events)
    : views_(std::move(views)),
      max_watchers_(max_watchers),
      watcher_events_(watcher_events),
      subscription_(views_->registry()->Subscribe(
          [this](const Event& event) { Hear(event); })) {}

absl::Status WatchHub::Add(std::shared_ptr<WatchSink> sink,
                           WatchRequest request) {
  MutexLock lock(mu_);
  if (stopping_) return absl::UnavailableError("the server is shutting down");
  if (watches_.size() >= max_watchers_) {
    return absl::ResourceExhaustedError(
        std::to_string(watches_.size()) +
        " watch already, and no more may; try again later");
  }
  if (!thread_.joinable() && !StartThread([this] { Run(); }, &thread_)) {
    return absl::ResourceExhaustedError("no thread to watch with");
  }
  WatchSink* const key = sink.get();
  auto watch = std::make_shared<Watch>(std::move(sink), std::move(request),
                                       watcher_events_);
  watch->first_look = looks_ + 1;
  watches_[key] = std::move(watch);
  wanted_ = true;
  Wake();
  return absl::OkStatus();
}

void WatchHub::Written(WatchSink* sink, bool ok) {
  MutexLock lock(mu_);
  const auto found = watches_.find(sink);
  if (found == watches_.end()) return;
  found->second->writing = false;
  if (!ok) found->second->over = true;
  Wake();
}

void WatchHub::Cancelled(WatchSink* sink) {
  MutexLock lock(mu_);
  const auto found = watches_.find(sink);
  if (found == watches_.end()) return;
  found->second->over = true;
  Wake();
}

void WatchHub::LookNow() {
  MutexLock lock(mu_);
  if (watches_.empty()) return;
  wanted_ = true;
  Wake();
}

void WatchHub::Stop() {
  std::thread thread;
  {
    MutexLock lock(mu_);
    stopping_ = true;
    Wake();
    thread = std::move(thread_);
  }
  if (thread.joinable()) thread.join();
}

size_t WatchHub::watchers() const {
  MutexLock lock(mu_);
  return watches_.size();
}

uint64_t WatchHub::looks() const {
  MutexLock lock(mu_);
  return looks_;
}

void WatchHub::Wake() {
  woken_ = true;
  changed_.notify_all();
}

void WatchHub::Hear(const Event& event) {
  const bool urgent = !IsOfCalls(event.type);
  MutexLock lock(mu_);
  if (watches_.empty()) return;
  std::optional<grpc::Slice> message;  // made where somebody wants it
  const uint64_t look = urgent ? looks_ + 1 : 0;
  std::optional<BreakerName> shown;
  if (event.breaker != nullptr) shown = Shown(*event.breaker);
  for (const auto& [sink, watch] : watches_) {
    const WatchRequest& request = watch->watcher.request();
    if (!request.events) continue;
    if (shown ? !request.matcher.MatchesName(*shown)
              : !request.matcher.matches_every_name()) {
      continue;
    }
    if (!message) message = EventMessage(event);
    watch->queue.Push(*message, look);
  }
  if (!urgent) return;
  wanted_ = true;
  Wake();
}

void WatchHub::Run() {
  for (;;) {
    const Turn turn = WaitForTurn();
    for (const auto& watch : turn.ending) {
      watch->sink->End(turn.stopping
                           ? absl::UnavailableError("the server is shutting "
                                                    "down")
                           : absl::CancelledError("the watcher has gone"));
    }
    if (turn.stopping) {
      if (turn.idle.empty()) return;
      CancelSoon(turn.idle);
    } else {
      Serve(turn);
    }
  }
}

void WatchHub::CancelSoon(const Watches& writing) {
  const TimePoint now = Now();
  if (!cancel_at_) cancel_at_ = SaturatingAdd(now, kGrace);
  next_turn_.reset();
  if (now < *cancel_at_) return TurnBy(*cancel_at_);
  for (const auto& watch : writing) {
    if (!std::exchange(watch->cancelled, true)) watch->sink->Cancel();
  }
}

WatchHub::Turn WatchHub::WaitForTurn() {
  MutexLock lock(mu_);
  while (!woken_) {
    if (!next_turn_) {
      changed_.wait(mu_);
      continue;
    }
    const TimePoint now = Now();
    if (now >= *next_turn_) break;
    changed_.wait_for(mu_, Elapsed(now, *next_turn_));
  }
  woken_ = false;
  Turn turn;
  turn.stopping = stopping_;
  turn.wanted = wanted_;
  for (auto it = watches_.begin(); it != watches_.end();) {
    Watch& watch = *it->second;
    if (!watch.writing && (watch.over || stopping_)) {
      turn.ending.push_back(it->second);
      it = watches_.erase(it);
      continue;
    }
    // Stopping: those whose response is under way, once more.
    if (stopping_ || !watch.writing) turn.idle.push_back(it->second);
    ++it;
  }
  return turn;
}

void WatchHub::Serve(const Turn& turn) {
  const TimePoint begin = Now();
  const bool due = std::any_of(
      turn.idle.begin(), turn.idle.end(),
      [&](const auto& watch) { return watch->due && *watch->due <= begin; });
  const bool look = (turn.wanted || due) && begin >= next_look_;
  if (look) Look();
  const TimePoint now = Now();
  next_turn_.reset();
  for (const auto& watch : turn.idle) {
    if (!Offer(*watch, now) && watch->due) TurnBy(*watch->due);
  }
  if (look) {
    const Duration took = Elapsed(begin, Now());
    next_look_ = SaturatingAdd(begin, std::max(kLeastGap, 10 * took));
  }
  MutexLock lock(mu_);
  if (wanted_) TurnBy(next_look_);
}

void WatchHub::Look() {
  {
    MutexLock lock(mu_);
    wanted_ = false;
    ++looks_;
  }
  const Moment moment = Moment::Now(views_->registry()->clock());
  board_.Look(views_->Read(moment.at), moment);
}

bool WatchHub::Offer(Watch& watch, TimePoint now) {
  const bool first = !watch.due && board_.looks() >= watch.first_look;
  if (!watch.due && !first) return false;
  const bool due = watch.due && *watch.due <= now;
  const bool all = first || due || watch.more;
  WatchResponse response;
  if (all || watch.watcher.HasUrgent(board_)) {
    watch.watcher.Next(board_, all, &response);
  }
  v1::WatchBreakersResponse rest;
  {
    MutexLock lock(mu_);
    const bool news =
        all || !response.empty() || watch.queue.HasUrgent(board_.looks());
    if (!news || watch.over) return false;
    watch.queue.MoveTo(board_.looks(), &response);
    rest.set_missed_events(watch.queue.TakeMissed());
    watch.more =
        watch.watcher.unfinished() || watch.queue.HasReady(board_.looks());
    watch.writing = true;
  }
  if (first || due) {
    watch.due = NextTick(now, watch.watcher.request().interval);
  }
  rest.set_snapshot(first);
  rest.set_more(watch.more);
  views_->ToProto(rest.mutable_process());
  watch.sink->Write(std::move(response).Finish(rest));
  return true;
}

void WatchHub::TurnBy(TimePoint time) {
  next_turn_ = std::min(next_turn_.value_or(time), time);
}

}  // namespace fusebox::internal
