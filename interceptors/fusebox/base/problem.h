// problem.h: what is wrong with an input.
//
//   settings.half_open.max_probes = 0;
//   for (const fusebox::Problem& problem : settings.Validate()) {
//     std::cerr << problem << "\n";
//   }
//   // half_open.max_probes: must be in [1, 4096], is 0
//
// A check collects every problem of an input before it returns. A problem is
// data: programs read its members, and ToString() turns it into text.

#ifndef FUSEBOX_BASE_PROBLEM_H_
#define FUSEBOX_BASE_PROBLEM_H_

#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

#include "fusebox/base/internal/export.h"

namespace fusebox {

struct Problem {
  // The field that is wrong, in the spelling of whoever wrote the input:
  // "window.calls" in code and textproto, "methodPolicy[0].name" in JSON.
  std::string path;

  // What the field must be: "must be in [1, 4096]". "{other}" and "{value}"
  // stand for the members below. A rule with one of them contains no text of a
  // user.
  std::string rule;

  // What the field is: "0". Empty if there is nothing to show.
  std::string value = {};

  // The second field, if the rule is about two, and its value if that matters.
  std::string other = {};
  std::string other_value = {};
};

// The rules that compare the field with another one.
inline constexpr char kAtLeastOther[] = "must be at least {other}";
inline constexpr char kAtMostOther[] = "must be at most {other}";

// Returns "path: rule, is value", with the other field as "window.calls" or
// "window.calls, which is 10".
FUSEBOX_EXPORT std::string ToString(const Problem& problem);
FUSEBOX_EXPORT std::ostream& operator<<(std::ostream& os,
                                        const Problem& problem);

// Two problems are equal if they read the same.
FUSEBOX_EXPORT bool operator==(const Problem& a, const Problem& b);

using Problems = std::vector<Problem>;

// Returns "list[index]", the path of an element.
FUSEBOX_EXPORT std::string ElementPath(const std::string& list, size_t index);

// Returns the problems on one line, separated by "; ".
FUSEBOX_EXPORT std::string ToString(const Problems& problems);

}  // namespace fusebox

#endif  // FUSEBOX_BASE_PROBLEM_H_
