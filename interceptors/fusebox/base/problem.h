// problem.h: what is wrong with an input.

#ifndef FUSEBOX_BASE_PROBLEM_H_
#define FUSEBOX_BASE_PROBLEM_H_

#include <iosfwd>
#include <string>
#include <vector>

#include "fusebox/base/internal/export.h"

namespace fusebox {

// One thing wrong with an input: where it stands, and what it is and should be.
struct Problem {
  std::string path;     // "half_open.max_probes"
  std::string message;  // "must be in [1, 4096], is 0"
};
FUSEBOX_EXPORT bool operator==(const Problem& a, const Problem& b);
FUSEBOX_EXPORT std::ostream& operator<<(std::ostream& os,
                                        const Problem& problem);
using Problems = std::vector<Problem>;

// "a: must be ..., is ...; b: must be ..., is ..."
FUSEBOX_EXPORT std::string ToString(const Problems& problems);

}  // namespace fusebox

#endif  // FUSEBOX_BASE_PROBLEM_H_
