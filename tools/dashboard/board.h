// board.h: the fleet, shared by the processes that tell of it and the viewers
// that wait for news.

#ifndef FUSEBOX_TOOLS_DASHBOARD_BOARD_H_
#define FUSEBOX_TOOLS_DASHBOARD_BOARD_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "fusebox/base/clock.h"
#include "fusebox/base/mutex.h"
#include "tools/dashboard/fleet.h"
#include "tools/dashboard/section.h"

namespace fusebox::tool {

// Thread-safe.
class Board {
 public:
  // `clock` is what moments in the news are told by. It must outlive the board.
  explicit Board(Fleet fleet, const Clock& clock = PreciseClock())
      : clock_(clock), begin_(clock.Now()), fleet_(std::move(fleet)) {}

  // Changes the fleet and tells all who wait.
  void Change(const std::function<void(Fleet& fleet, Millis now)>& change)
      FUSEBOX_EXCLUDES(mu_);

  // Waits for something that the viewer does not have: Fleet::News(). Empty if
  // there was nothing in that time; nothing once the board is closed.
  std::optional<std::string> Wait(Viewer* viewer, Millis at_most)
      FUSEBOX_EXCLUDES(mu_);

  // Waits that long, or until the board is closed.
  void Pause(Millis length) FUSEBOX_EXCLUDES(mu_);

  // For good: whoever waits, or will wait, goes home.
  void Close() FUSEBOX_EXCLUDES(mu_);

 private:
  // Until `done`, for that long at most.
  template <typename Condition>
  void WaitUntil(Millis at_most, Condition done) FUSEBOX_REQUIRES(mu_);

  Millis Now() const {
    return std::chrono::duration_cast<Millis>(clock_.Now() - begin_);
  }

  const Clock& clock_;
  const TimePoint begin_;

  Mutex mu_;
  std::condition_variable_any changed_;
  Fleet fleet_ FUSEBOX_GUARDED_BY(mu_);
  bool closed_ FUSEBOX_GUARDED_BY(mu_) = false;
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_DASHBOARD_BOARD_H_
