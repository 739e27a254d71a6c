#include <cstddef>
#include <string>

#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/base/problem.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

Problems Registry::Options::Validate() const {
  Problems problems;
  if (clock == nullptr) {
    problems.push_back(
        {"clock", "must be a clock, such as &PreciseClock()", "null"});
  }
  if (duration_bounds.empty()) {
    problems.push_back({"duration_bounds", "must have at least one entry"});
  }
  for (size_t i = 0; i < duration_bounds.size(); ++i) {
    const std::string path = ElementPath("duration_bounds", i);
    const std::string value = FormatDuration(duration_bounds[i]);
    if (duration_bounds[i] <= Duration::zero() ||
        duration_bounds[i] > kMaxDurationBound) {
      problems.push_back({path,
                          "must be greater than 0s and at most " +
                              FormatDuration(kMaxDurationBound) + " (30 days)",
                          value});
    } else if (i > 0 && duration_bounds[i] <= duration_bounds[i - 1]) {
      problems.push_back({path, "must be greater than {other}", value,
                          ElementPath("duration_bounds", i - 1),
                          FormatDuration(duration_bounds[i - 1])});
    }
  }
  return problems;
}

}  // namespace fusebox
