#include "fusebox/core/internal/window.h"

#include <atomic>
#include <cstdint>

#include "fusebox/base/clock.h"
#include "fusebox/core/internal/state_word.h"
#include "fusebox/core/internal/trip_rule.h"
#include "fusebox/core/settings.h"
#include "fusebox/core/snapshot.h"

namespace fusebox::internal {
namespace {

WindowKind KindOf(const Settings& settings) {
  if (!NeedsWindow(settings)) return WindowKind::kNone;
  return settings.window.calls == 0 ? WindowKind::kTime : WindowKind::kCalls;
}

// Loads the window and lets `count` count in what was seen, until it has
// counted or cannot. Returns false as soon as the state word is not `mine`.
template <typename Window, typename Count>
bool CountUnder(const Window& window, const std::atomic<uint64_t>& word,
                uint64_t mine, Count count) noexcept {
  CountResult counted;
  do {
    const uint64_t seen = window.Look();
    if (word.load(std::memory_order_acquire) != mine) return false;
    counted = count(seen);
  } while (counted == CountResult::kAgain);
  return counted == CountResult::kYes;
}

}  // namespace

void OutcomeWindow::Configure(const Settings& settings) {
  const WindowKind kind = KindOf(settings);
  if (kind == this->kind() && settings.window == shape_) return;
  kind_.store(kind, std::memory_order_relaxed);
  shape_ = settings.window;
  if (kind == WindowKind::kTime) time_.Reshape(shape_.duration);
  if (kind == WindowKind::kCalls) calls_.Reshape(shape_.calls);
}

bool OutcomeWindow::CountInAnyTime(TimePoint now,
                                   const std::atomic<uint64_t>& word,
                                   uint64_t mine, bool met) noexcept {
  if (met) time_.Inflate();
  return CountUnder(time_, word, mine, [&](uint64_t seen) {
    return time_.CountSuccess(seen, now);
  });
}

bool OutcomeWindow::CountInCalls(const std::atomic<uint64_t>& word,
                                 uint64_t mine) noexcept {
  return CountUnder(calls_, word, mine,
                    [&](uint64_t seen) { return calls_.CountSuccess(seen); });
}

void OutcomeWindow::Clear() noexcept {
  if (kind() == WindowKind::kTime) time_.Clear();
  if (kind() == WindowKind::kCalls) calls_.Clear();
}

void OutcomeWindow::Record(bool failure, bool slow, TimePoint now) noexcept {
  if (kind() == WindowKind::kTime) time_.Record(failure, slow, now);
  if (kind() == WindowKind::kCalls) calls_.Record(failure, slow);
}

WindowCounts OutcomeWindow::Read(TimePoint now) const noexcept {
  switch (kind()) {
    case WindowKind::kNone:
      break;
    case WindowKind::kTime:
      return time_.Read(now);
    case WindowKind::kCalls:
      return calls_.Read();
  }
  return {};
}

}  // namespace fusebox::internal
