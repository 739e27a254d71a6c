#include "tools/dashboard/rate_history.h"

#include <algorithm>
#include <iterator>

namespace fusebox::tool {
namespace {

// Of `all`, spread evenly over [from, to), what falls before `end`.
uint64_t Before(Millis end, uint64_t all, Millis from, Millis to) {
  if (end >= to) return all;
  if (end <= from) return 0;
  return static_cast<uint64_t>(static_cast<double>(all) *
                               static_cast<double>((end - from).count()) /
                               static_cast<double>((to - from).count()));
}

// The second that `at` lies in; also before the beginning.
int64_t SecondOf(Millis at) {
  return std::chrono::floor<std::chrono::seconds>(at).count();
}

}  // namespace

RateHistory::Second& RateHistory::At(int64_t number) {
  auto place = std::find_if(
      seconds_.rbegin(), seconds_.rend(),
      [number](const Second& second) { return second.number <= number; });
  if (place != seconds_.rend() && place->number == number) return *place;
  return *seconds_.insert(place.base(), Second{number, {}, 0});
}

void RateHistory::Take(const Sums& sums, Millis from, Millis to,
                       Version version) {
  if (sums.successes < last_.successes || sums.failures < last_.failures ||
      sums.rejected < last_.rejected) {
    Restart(sums);
    return;
  }
  const Sums added = {sums.successes - last_.successes,
                      sums.failures - last_.failures,
                      sums.rejected - last_.rejected};
  last_ = sums;
  if (added.successes == 0 && added.failures == 0 && added.rejected == 0) {
    return;
  }
  from = std::clamp(from, to - Millis(kSeconds * 1000), to);
  const int64_t last = SecondOf(to);
  for (int64_t number = SecondOf(from); number <= last; ++number) {
    const Millis begin(number * 1000);
    const Millis end = number == last ? to : begin + Millis(1000);
    const auto part = [&](uint64_t all) {
      return Before(end, all, from, to) -
             (begin <= from ? 0 : Before(begin, all, from, to));
    };
    const Sums now = {part(added.successes), part(added.failures),
                      part(added.rejected)};
    if (now.successes + now.failures + now.rejected == 0) continue;
    Second& second = At(number);
    second.sums.successes += now.successes;
    second.sums.failures += now.failures;
    second.sums.rejected += now.rejected;
    second.version = version;
  }
  while (!seconds_.empty() && seconds_.front().number <= last - kSeconds) {
    seconds_.pop_front();
  }
}

void RateHistory::AppendIfNewer(Version than, std::string* json) const {
  bool first = true;
  for (const Second& second : seconds_) {
    if (second.version <= than) continue;
    *json += first ? ",\"rate\":[[" : ",[";
    first = false;
    *json += std::to_string(second.number) + "," +
             std::to_string(second.sums.successes) + "," +
             std::to_string(second.sums.failures) + "," +
             std::to_string(second.sums.rejected) + "]";
  }
  if (!first) *json += "]";
}

}  // namespace fusebox::tool
