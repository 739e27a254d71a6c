// builds.h: reads what the two builds are made of, and compares it.

#ifndef FUSEBOX_TESTS_HOUSE_BUILDS_H_
#define FUSEBOX_TESTS_HOUSE_BUILDS_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/house/checker.h"

namespace fusebox {

// The .cc files of each target. Paths are relative to the root of the project.
// The two builds give the targets of a .proto file different names, so that all
// .proto files stand under "protos".
using Targets = std::map<std::string, std::set<std::string>>;

// Adds the targets of a CMakeLists.txt or a BUILD.bazel, whose path is relative
// to the root of the project. A target is any call that names a source. Its
// name is what follows `name =`, or else the first argument. A pattern like
// "core/**/*.cc" stands for those of `sources` that match it, and `exclude`
// takes files away.
void AddTargets(const SourceFile& list, const std::vector<std::string>& sources,
                Targets* targets);

// Each target has the same sources in both builds.
Findings CompareBuilds(const Targets& cmake, const Targets& bazel);

// Each of `folders` of the library ("core") has a target of its name. All
// sources of such a target are in that folder. Any other target with sources
// of the library has sources from one folder only.
Findings CheckFolders(const Targets& targets,
                      const std::set<std::string>& folders);

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_HOUSE_BUILDS_H_
