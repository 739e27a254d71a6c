#include "tools/admin/process_clock.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

namespace fusebox::tool {
namespace {

using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

// How long the fastest response counts. Clocks of two machines drift apart by
// less than a tenth of a millisecond in this time.
constexpr Duration kWindow = minutes(1);

// By how much more than the local clock the wall clock of a process may
// proceed: the first response may have been slow. If it is more, the wall
// clock was set.
constexpr Duration kMaxLead = minutes(1);

// Returns the time since the epoch. Moves times before it, and those after the
// year 2200, to the nearest that is not.
Duration SinceEpoch(const google::protobuf::Timestamp& wall) {
  constexpr int64_t kLast = int64_t{230} * 365 * 24 * 3600;
  return seconds(std::clamp<int64_t>(wall.seconds(), 0, kLast)) +
         nanoseconds(wall.nanos());
}

}  // namespace

ProcessClock::Reading ProcessClock::Take(const v1::Process& process,
                                         TimePoint now) {
  const Duration wall = SinceEpoch(process.time());
  const Duration passed = wall - wall_;
  const Duration late = arrived_ - Local(at_);
  const bool continues =
      begun_ && process.has_time() && process.incarnation() == incarnation_ &&
      passed >= Duration(0) && passed <= now - arrived_ + late + kMaxLead;
  if (continues) {
    at_ += passed;
  } else if (begun_) {
    at_ = std::max(at_, now - offset_);
  } else {
    at_ = now;
  }
  wall_ = wall;
  incarnation_ = process.incarnation();
  arrived_ = now;
  if (!continues) {
    current_ = previous_ = now - at_;
    window_ = now;
    begun_ = true;
  }
  Adjust(now);
  return {at_, continues};
}

void ProcessClock::Adjust(TimePoint now) {
  const Duration here = now - at_;
  if (now - window_ >= kWindow) {
    previous_ = std::exchange(current_, here);
    window_ = now;
  }
  current_ = std::min(current_, here);
  offset_ = std::min(current_, previous_);
}

TimePoint ProcessClock::Of(const google::protobuf::Timestamp& wall) const {
  return at_ - std::max(Duration(0), wall_ - SinceEpoch(wall));
}

}  // namespace fusebox::tool
