#include "fusebox/core/window.h"

#include "fusebox/core/clock.h"
#include "fusebox/core/settings.h"
#include "fusebox/core/state_word.h"
#include "fusebox/core/trip_rule.h"

namespace fusebox {
namespace {

WindowKind KindOf(const Settings& settings) {
  if (!NeedsWindow(settings)) return WindowKind::kNone;
  return settings.window.calls == 0 ? WindowKind::kTime : WindowKind::kCalls;
}

}  // namespace

void OutcomeWindow::Configure(const Settings& settings) {
  const WindowKind kind = KindOf(settings);
  if (kind == kind_ && settings.window == shape_) return;
  kind_ = kind;
  shape_ = settings.window;
  if (kind == WindowKind::kTime) time_.Reshape(shape_.duration);
  if (kind == WindowKind::kCalls) calls_.Reshape(shape_.calls);
}

void OutcomeWindow::Clear() noexcept {
  if (kind_ == WindowKind::kTime) time_.Clear();
  if (kind_ == WindowKind::kCalls) calls_.Clear();
}

void OutcomeWindow::Record(bool failure, bool slow, TimePoint now) noexcept {
  if (kind_ == WindowKind::kTime) time_.Record(failure, slow, now);
  if (kind_ == WindowKind::kCalls) calls_.Record(failure, slow);
}

WindowCounts OutcomeWindow::Read(TimePoint now) const noexcept {
  switch (kind_) {
    case WindowKind::kNone:
      break;
    case WindowKind::kTime:
      return time_.Read(now);
    case WindowKind::kCalls:
      return calls_.Read();
  }
  return {};
}

}  // namespace fusebox
