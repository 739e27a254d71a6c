// builds.h: what the two builds are made of, to hold them against each other.

#ifndef FUSEBOX_TESTS_HOUSE_BUILDS_H_
#define FUSEBOX_TESTS_HOUSE_BUILDS_H_

#include <map>
#include <set>
#include <string>

#include "tests/house/checker.h"

namespace fusebox {

// By target, its sources: .cc files, their paths from the root of the project.
// A .proto has targets of other names in each build: all stand under "protos".
using Targets = std::map<std::string, std::set<std::string>>;

// Adds the targets of a CMakeLists.txt or a BUILD.bazel, its path from the root
// of the project. A target is any call that names a source; its name is what
// follows `name =`, or else the first argument.
void AddTargets(const SourceFile& list, Targets* targets);

// Each target has the same sources in both.
Findings CompareBuilds(const Targets& cmake, const Targets& bazel);

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_HOUSE_BUILDS_H_
