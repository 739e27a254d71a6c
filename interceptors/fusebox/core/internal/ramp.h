// ramp.h: lets traffic return gradually after a circuit has closed.
//
// The share of calls that pass grows linearly from `initial_ratio` to 1. Calls
// are chosen evenly, not at random: a credit starts at 1, each Acquire adds the
// present share to it (up to 2 in total), and a call that passes costs 1.
//
// A ramp begins only when HALF_OPEN closes, because an operator who resets a
// circuit wants it to be closed at once. Pure; the caller serializes the
// events.

#ifndef FUSEBOX_CORE_INTERNAL_RAMP_H_
#define FUSEBOX_CORE_INTERNAL_RAMP_H_

#include <algorithm>

#include "fusebox/base/clock.h"
#include "fusebox/core/settings.h"

namespace fusebox::internal {

class Ramp {
 public:
  // Begins the ramp, because the circuit has closed after HALF_OPEN.
  void Begin() {
    begun_ = true;
    credit_ = 1;
  }

  // Ends the ramp, because it is over or the circuit was opened or reset.
  void End() { begun_ = false; }

  bool begun() const { return begun_; }

  // Returns whether a call passes that asks `elapsed` after the circuit closed.
  // `elapsed` is in [0, ramp.duration).
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
