#include "tools/dashboard/board.h"

namespace fusebox::tool {

void Board::Change(
    const std::function<void(Fleet& fleet, Millis now)>& change) {
  {
    const MutexLock lock(mu_);
    change(fleet_, Now());
  }
  changed_.notify_all();
}

template <typename Condition>
void Board::WaitUntil(Millis at_most, Condition done) {
  const auto end = std::chrono::steady_clock::now() + at_most;
  while (!done() && std::chrono::steady_clock::now() < end) {
    changed_.wait_until(mu_, end);
  }
}

std::optional<std::string> Board::Wait(Viewer* viewer, Millis at_most) {
  const MutexLock lock(mu_);
  WaitUntil(at_most, [&]() FUSEBOX_REQUIRES(mu_) {
    return closed_ || fleet_.version() > viewer->version;
  });
  if (closed_) return std::nullopt;
  if (fleet_.version() <= viewer->version) return std::string();
  return fleet_.News(viewer, Now());
}

void Board::Pause(Millis length) {
  const MutexLock lock(mu_);
  WaitUntil(length, [&]() FUSEBOX_REQUIRES(mu_) { return closed_; });
}

void Board::Close() {
  {
    const MutexLock lock(mu_);
    closed_ = true;
  }
  changed_.notify_all();
}

}  // namespace fusebox::tool
