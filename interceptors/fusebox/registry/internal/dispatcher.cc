#include "fusebox/registry/internal/dispatcher.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/elapsed.h"
#include "fusebox/base/internal/no_throw.h"
#include "fusebox/base/mutex.h"
#include "fusebox/registry/event.h"

namespace fusebox::internal {

uint64_t Dispatcher::AddListener(EventListener listener, EventFilter filter,
                                 ListenerLook look) {
  std::shared_ptr<const Listeners> old;
  MutexLock lock(mu_);
  auto listeners = std::make_shared<Listeners>(*listeners_);
  listeners->push_back({++last_number_, std::move(listener), filter,
                        std::move(look),
                        std::make_shared<Heard>(Heard{queue_.last_number()})});
  old = Use(std::move(listeners));
  if (listeners_->back().look != nullptr) thread_.Start(kIdleLookPeriod);
  return last_number_;
}

void Dispatcher::RemoveListener(uint64_t number) {
  TellRests(/*all=*/true);
  thread_.Wake();
  thread_.Wait();
  std::shared_ptr<const Listeners> old;
  {
    MutexLock lock(mu_);
    auto listeners = std::make_shared<Listeners>(*listeners_);
    listeners->erase(std::remove_if(listeners->begin(), listeners->end(),
                                    [number](const Listener& l) {
                                      return l.number == number;
                                    }),
                     listeners->end());
    old = Use(std::move(listeners));
  }
  thread_.Wait();
}

std::shared_ptr<const Dispatcher::Listeners> Dispatcher::Use(
    std::shared_ptr<const Listeners> listeners) {
  listeners_.swap(listeners);
  has_listeners_.store(!listeners_->empty(), std::memory_order_release);
  hears_calls_.store(std::any_of(listeners_->begin(), listeners_->end(),
                                 [](const Listener& l) {
                                   return l.filter == EventFilter::kAll;
                                 }),
                     std::memory_order_release);
  return listeners;
}

// If the system has no thread to give, events wait for the next flush.
void Dispatcher::Flush() noexcept {
  if (!has_listeners_.load(std::memory_order_acquire)) return;
  thread_.Start();
  thread_.Wake();
}

void Dispatcher::Owe(Debtor* debtor) noexcept {
  NoThrow([&] {
    MutexLock lock(debts_mu_);
    debtors_.push_back(debtor);
  });
}

void Dispatcher::Forget(Debtor* debtor) noexcept {
  MutexLock lock(debts_mu_);
  debtors_.erase(std::remove(debtors_.begin(), debtors_.end(), debtor),
                 debtors_.end());
}

bool Dispatcher::TellRests(bool all, std::optional<TimePoint> now) {
  MutexLock lock(debts_mu_);
  if (debtors_.empty()) return false;
  if (!now) now = clock_.Now();
  debtors_.erase(
      std::remove_if(debtors_.begin(), debtors_.end(),
                     [&](Debtor* d) { return !d->TellRest(*now, all); }),
      debtors_.end());
  return !debtors_.empty();
}

void Dispatcher::Stop() {
  TellRests(/*all=*/true);
  thread_.Wake();
  thread_.Stop();
}

std::optional<Duration> Dispatcher::TakeTurn() {
  std::shared_ptr<const Listeners> listeners;
  {
    MutexLock lock(mu_);
    listeners = listeners_;
  }
  // One time for the whole turn: at a time at which a listener sums up, it has
  // heard the rests that were due then.
  std::optional<TimePoint> now;
  if (std::any_of(listeners->begin(), listeners->end(),
                  [](const Listener& l) { return l.look != nullptr; })) {
    now = clock_.Now();
  }
  const bool owes = TellRests(/*all=*/false, now);
  Event event;
  uint64_t newest = 0;
  while (queue_.Pop(&event, &newest)) {
    event.sequence = newest;
    event.wall =
        clock_.WallNow() -
        std::chrono::duration_cast<std::chrono::system_clock::duration>(
            Elapsed(event.at, clock_.Now()));
    for (const Listener& to : *listeners)
      Deliver(event, to, now.value_or(TimePoint()));
  }
  bool waits = owes;
  for (const Listener& at : *listeners) {
    // One that was added meanwhile has not missed what came before it.
    if (newest > at.heard->last) {
      at.heard->missed += newest - at.heard->last;
      at.heard->last = newest;
    }
    waits = Look(at, now.value_or(TimePoint())) || waits;
  }
  if (waits) return kLookPeriod;
  if (now) return kIdleLookPeriod;
  return std::nullopt;
}

void Dispatcher::Deliver(const Event& event, const Listener& to,
                         TimePoint now) {
  Heard& heard = *to.heard;
  if (event.sequence <= heard.last) return;
  if (const uint64_t missed = event.sequence - heard.last - 1; missed != 0) {
    heard.missed += missed;
    Look(to, now);
  }
  heard.last = event.sequence;
  if (to.filter == EventFilter::kWithoutCalls && IsOfCalls(event.type)) return;
  if (!NoThrow([&] { to.listener(event); })) {
    listener_errors_.fetch_add(1, std::memory_order_relaxed);
  }
}

bool Dispatcher::Look(const Listener& at, TimePoint now) {
  if (at.look == nullptr) return false;
  bool waits = false;
  if (!NoThrow([&] { waits = at.look(now, at.heard->missed); })) {
    listener_errors_.fetch_add(1, std::memory_order_relaxed);
  }
  return waits;
}

}  // namespace fusebox::internal
