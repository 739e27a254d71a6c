// checker.h: the rules of the house (docs: layers by weight of dependency), as
// functions from texts to findings.
//
// A finding is a line for people: "core/a.h:3: core may not include ...". No
// finding means that the rule holds.

#ifndef FUSEBOX_TESTS_HOUSE_CHECKER_H_
#define FUSEBOX_TESTS_HOUSE_CHECKER_H_

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace fusebox {

struct SourceFile {
  std::string path;  // below the folder that was read, with '/'
  std::string text;
};

using Findings = std::vector<std::string>;

// The files below `folder` whose extension is one of `extensions` (".h"; or,
// for a file without a dot, its whole name), sorted by path.
std::vector<SourceFile> ReadFiles(const std::filesystem::path& folder,
                                  const std::vector<std::string>& extensions);

// The rules below take a file of the library, its path relative to
// interceptors/fusebox/: "core/breaker.h".

// It includes only what its layer may use, and names grpc::experimental only
// where that is allowed.
Findings CheckLayer(const SourceFile& file);

// A header: its first line is "// breaker.h: ...", its include guard
// FUSEBOX_CORE_BREAKER_H_, from #ifndef to a commented #endif.
Findings CheckHeader(const SourceFile& header);

// It has at most `most` lines.
Findings CheckLength(const SourceFile& file, size_t most);

// The README of a folder lists each of its headers: `breaker.h`.
Findings CheckReadme(const SourceFile& readme,
                     const std::vector<std::string>& headers);

// A CMakeLists.txt names each of the sources (paths relative to its folder), as
// a word of its own that is not in a comment.
Findings CheckSourceList(const SourceFile& cmake,
                         const std::vector<std::string>& sources);

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_HOUSE_CHECKER_H_
