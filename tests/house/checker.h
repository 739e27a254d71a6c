// checker.h: checks files of the project against the rules of the house.
//
// Each rule takes texts and returns findings: lines that a person can read,
// such as "core/a.h:3: core may not include ...". No finding means that the
// rule holds. docs/architecture.md explains the layers, and CONTRIBUTING.md the
// rest.

#ifndef FUSEBOX_TESTS_HOUSE_CHECKER_H_
#define FUSEBOX_TESTS_HOUSE_CHECKER_H_

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace fusebox {

struct SourceFile {
  std::string path;  // relative to the folder that was read; separated by '/'
  std::string text;
};

using Findings = std::vector<std::string>;

// Returns the files below `folder`, sorted by path, whose extension (".h") or
// whole name ("CMakeLists.txt") is one of `extensions`.
std::vector<SourceFile> ReadFiles(const std::filesystem::path& folder,
                                  const std::vector<std::string>& extensions);

// The next four rules take files of the library. Their paths are relative to
// interceptors/fusebox/: "core/breaker.h".

// The file includes only what its layer may use.
Findings CheckLayer(const SourceFile& file);

// The header begins with "// breaker.h: ...". Its include guard is
// FUSEBOX_CORE_BREAKER_H_ and ends with a commented #endif.
Findings CheckHeader(const SourceFile& header);

// The file has at most `max_lines` lines.
Findings CheckLength(const SourceFile& file, size_t max_lines);

// Each of `headers` that is public is needed: one of `users` names it
// ("fusebox/core/breaker.h") in an #include or in a link, or a header that is
// needed includes it.
Findings CheckUse(const std::vector<SourceFile>& headers,
                  const std::vector<SourceFile>& users);

// The README of a folder lists each of its `headers` as `breaker.h`, and lists
// no other. A header that is not in the folder itself ("internal/ramp.h") may
// be left out, but then the README mentions its folder, `internal/`.
Findings CheckReadme(const SourceFile& readme,
                     const std::vector<std::string>& headers);

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_HOUSE_CHECKER_H_
