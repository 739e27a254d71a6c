// settings.h: the numbers a breaker works with.
//
//   fusebox::Settings settings;
//   settings.consecutive_failures = 3;
//   settings.open_duration = std::chrono::seconds(5);
//   for (const auto& problem : settings.Validate()) { ... }
//
// A plain value. The defaults are those of the classic circuit breaker
// (M. Nygard, "Release It!", 2007; M. Fowler, "CircuitBreaker", 2014, whose
// example opens after 5 failures): slow to try again, simple to reason about.

#ifndef FUSEBOX_CORE_SETTINGS_H_
#define FUSEBOX_CORE_SETTINGS_H_

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "fusebox/core/clock.h"
#include "fusebox/core/types.h"

namespace fusebox {

// One thing wrong with an input: where it stands, and what it is and should be.
struct Problem {
  std::string path;     // "half_open.max_probes"
  std::string message;  // "must be in [1, 4096], is 0"
};
bool operator==(const Problem& a, const Problem& b);
std::ostream& operator<<(std::ostream& os, const Problem& problem);
using Problems = std::vector<Problem>;

// "a: must be ..., is ...; b: must be ..., is ..."
std::string ToString(const Problems& problems);

// How a circuit whose opening is over finds out whether the backend is back.
struct HalfOpen {
  // Most probes in flight at once. In [1, 4096].
  uint32_t max_probes = 1;

  // Successful probes after which the circuit closes. At least 1.
  uint32_t successes_to_close = 1;

  // A probe's lease: one in flight for this long counts as failed (if it is a
  // stream, it only stops counting as a probe). Greater than 0.
  Duration timeout = std::chrono::seconds(30);
};
bool operator==(const HalfOpen& a, const HalfOpen& b);
bool operator!=(const HalfOpen& a, const HalfOpen& b);

struct Settings {
  // Failures in a row that open the circuit. A success ends the run, an
  // ignored outcome does not. 0 switches the rule off.
  uint32_t consecutive_failures = 5;

  // How long an opening lasts before a probe may pass. Greater than 0.
  Duration open_duration = std::chrono::seconds(60);

  HalfOpen half_open;

  // Whether a failure's push-back (the server's word on when to come back)
  // lengthens the opening that it causes: the opening lasts the longer of its
  // own length and min(push-back, max_pushback), never their sum.
  // `max_pushback` is at least 0.
  bool honor_pushback = true;
  Duration max_pushback = std::chrono::minutes(5);

  // What the state is for, until an operator says otherwise.
  Mode mode = Mode::kEnforce;

  // Every problem, in the order of the fields; empty means that the settings
  // can be used.
  Problems Validate() const;
};
bool operator==(const Settings& a, const Settings& b);
bool operator!=(const Settings& a, const Settings& b);

}  // namespace fusebox

#endif  // FUSEBOX_CORE_SETTINGS_H_
