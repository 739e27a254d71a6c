// rate_history.h: how many calls ended how, a second each, over the last
// minute.

#ifndef FUSEBOX_TOOLS_DASHBOARD_RATE_HISTORY_H_
#define FUSEBOX_TOOLS_DASHBOARD_RATE_HISTORY_H_

#include <cstdint>
#include <deque>
#include <string>

#include "tools/dashboard/section.h"

namespace fusebox::tool {

// Of one breaker, sums since its process began.
struct Sums {
  uint64_t successes = 0;
  uint64_t failures = 0;
  uint64_t rejected = 0;
};

class RateHistory {
 public:
  static constexpr int64_t kSeconds = 64;  // a minute is drawn, and some more

  // It begins with sums of zero. What was before these, nobody saw when.
  void Restart(const Sums& sums) { last_ = sums; }

  // Where sums have gone down, the process is another one: as Restart().
  // Else what was added is spread evenly over the time from `from` to `to`.
  void Take(const Sums& sums, Millis from, Millis to, Version version);

  // Appends `,"rate":[[second, successes, failures, rejected], ...]`: the
  // seconds that changed after that version, whole.
  void AppendIfNewer(Version than, std::string* json) const;

 private:
  struct Second {
    int64_t number;  // from the dashboard's beginning
    Sums sums;
    Version version;
  };

  Second& At(int64_t number);

  Sums last_;
  std::deque<Second> seconds_;  // sorted; those without calls are left out
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_DASHBOARD_RATE_HISTORY_H_
