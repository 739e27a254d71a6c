// ramp.h: how traffic comes back after a circuit has closed.
//
// The share that passes grows linearly from `initial_ratio` to 1, and calls are
// picked evenly, not at random: a credit starts at 1, each Acquire adds the
// present share to it (to at most 2), and a call passes for 1.
//
// It begins when HALF_OPEN closes, and only then: an operator who resets a
// circuit wants it closed. Pure; the caller serializes the events.

#ifndef FUSEBOX_CORE_INTERNAL_RAMP_H_
#define FUSEBOX_CORE_INTERNAL_RAMP_H_

#include <algorithm>

#include "fusebox/base/clock.h"
#include "fusebox/core/settings.h"

namespace fusebox::internal {

class Ramp {
 public:
  // The circuit has closed after HALF_OPEN.
  void Begin() {
    begun_ = true;
    credit_ = 1;
  }

  // It was opened again or reset, or the ramp is over.
  void End() { begun_ = false; }

  bool begun() const { return begun_; }

  // A call asks, `elapsed` after the closing: in [0, ramp.duration).
  bool Admit(const RecoveryRamp& ramp, Duration elapsed) {
    const double share =
        ramp.initial_ratio + (1 - ramp.initial_ratio) *
                                 static_cast<double>(elapsed.count()) /
                                 static_cast<double>(ramp.duration.count());
    credit_ = std::min(credit_ + share, kMaxCredit);
    if (credit_ < 1) return false;
    credit_ -= 1;
    return true;
  }

 private:
  static constexpr double kMaxCredit = 2;

  bool begun_ = false;
  double credit_ = 1;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_CORE_INTERNAL_RAMP_H_
