#include "fusebox/core/clock.h"

#include <time.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace fusebox {
namespace {

class Precise final : public Clock {
 public:
  TimePoint Now() const noexcept override {
    return std::chrono::steady_clock::now();
  }
};

class Coarse final : public Clock {
 public:
  TimePoint Now() const noexcept override {
#ifdef CLOCK_MONOTONIC_COARSE
    timespec now;
    if (clock_gettime(CLOCK_MONOTONIC_COARSE, &now) == 0) {
      return TimePoint(std::chrono::seconds(now.tv_sec) +
                       Duration(now.tv_nsec));
    }
#endif
    return PreciseClock().Now();
  }
};

}  // namespace

const Clock& PreciseClock() {
  static const Precise* const clock = new Precise;
  return *clock;
}

const Clock& CoarseClock() {
  static const Coarse* const clock = new Coarse;
  return *clock;
}

TimePoint SaturatingAdd(TimePoint at, Duration length) noexcept {
  if (length > Duration::zero() && at > TimePoint::max() - length) {
    return TimePoint::max();
  }
  return at + length;
}

std::string FormatDuration(Duration duration) {
  constexpr uint64_t kPerSecond = 1'000'000'000;
  const bool negative = duration < Duration::zero();
  // Unsigned, because the most negative duration has no positive twin.
  const uint64_t ns =
      negative ? uint64_t{0} - static_cast<uint64_t>(duration.count())
               : static_cast<uint64_t>(duration.count());
  std::string text = negative ? "-" : "";
  text += std::to_string(ns / kPerSecond);
  if (const uint64_t fraction = ns % kPerSecond; fraction != 0) {
    const std::string digits = std::to_string(fraction);
    text += "." + std::string(9 - digits.size(), '0') + digits;
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + "s";
}

}  // namespace fusebox
