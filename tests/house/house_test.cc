// house_test.cc: the rules of the house, held against the tree.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/house/bans.h"
#include "tests/house/builds.h"
#include "tests/house/checker.h"

namespace fusebox {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

constexpr size_t kMaxLines = 300;

const fs::path& Root() {
  static const fs::path& root = *new fs::path(FUSEBOX_SOURCE_DIR);
  return root;
}

fs::path Library() { return Root() / "interceptors" / "fusebox"; }

// The findings of `rule` in all files of the library with these extensions.
template <typename Rule>
Findings InLibrary(const std::vector<std::string>& extensions, Rule rule) {
  const std::vector<SourceFile> files = ReadFiles(Library(), extensions);
  EXPECT_GT(files.size(), 5u) << "nothing to check in " << Library();
  Findings all;
  for (const SourceFile& file : files) {
    for (std::string& finding : rule(file)) all.push_back(std::move(finding));
  }
  return all;
}

TEST(House, LayersUseOnlyWhatIsBelowThem) {
  EXPECT_THAT(InLibrary({".h", ".cc"}, CheckLayer), IsEmpty());
}

TEST(House, HeadersHaveATitleAndAGuard) {
  EXPECT_THAT(InLibrary({".h"}, CheckHeader), IsEmpty());
}

TEST(House, FilesAreShort) {
  EXPECT_THAT(InLibrary({".h", ".cc"},
                        [](const SourceFile& file) {
                          return CheckLength(file, kMaxLines);
                        }),
              IsEmpty());
}

TEST(House, EachFolderHasAReadmeThatListsItsHeaders) {
  std::map<std::string, std::vector<std::string>> headers;  // by folder
  for (const SourceFile& header : ReadFiles(Library(), {".h"})) {
    const fs::path path(header.path);
    headers[path.parent_path().generic_string()].push_back(
        path.filename().string());
  }
  EXPECT_GE(headers.size(), 5u);
  std::map<std::string, SourceFile> readmes;
  for (SourceFile& readme : ReadFiles(Library(), {"README.md"})) {
    readmes[fs::path(readme.path).parent_path().generic_string()] = readme;
  }
  for (const auto& [folder, names] : headers) {
    ASSERT_EQ(readmes.count(folder), 1u) << folder << " has no README.md";
    EXPECT_THAT(CheckReadme(readmes[folder], names), IsEmpty());
  }
}

// The top folders with code in them, as far as they are there.
std::vector<std::string> Parts() {
  std::vector<std::string> parts;
  for (const char* part :
       {"interceptors", "proto", "examples", "tests", "benchmarks", "tools"}) {
    if (fs::exists(Root() / part)) parts.emplace_back(part);
  }
  EXPECT_GE(parts.size(), 3u) << "nothing to check in " << Root();
  return parts;
}

// The files below the top folders, by their paths from the root.
std::vector<SourceFile> InParts(const std::vector<std::string>& extensions) {
  std::vector<SourceFile> all;
  for (const std::string& part : Parts()) {
    for (SourceFile& file : ReadFiles(Root() / part, extensions)) {
      file.path = part + "/" + file.path;
      all.push_back(std::move(file));
    }
  }
  return all;
}

TEST(House, NothingBannedIsThere) {
  std::vector<SourceFile> files =
      InParts({".h", ".cc", ".proto", ".md", ".bazel", "CMakeLists.txt"});
  for (const char* top : {"scripts", "cmake", "bazel", "docs"}) {
    if (!fs::exists(Root() / top)) continue;
    for (SourceFile& file :
         ReadFiles(Root() / top, {".sh", ".cmake", ".bzl", ".tpl", ".md",
                                  "bench", "check", "demo", "test"})) {
      file.path = std::string(top) + "/" + file.path;
      files.push_back(std::move(file));
    }
  }
  EXPECT_GT(files.size(), 100u);
  for (const SourceFile& file : files) {
    EXPECT_THAT(CheckBans(file), IsEmpty());
  }
}

// A CMakeLists.txt with a project of its own is no part of this one.
TEST(House, CMakeAndBazelBuildTheSame) {
  Targets cmake;
  for (const SourceFile& list : InParts({"CMakeLists.txt"})) {
    if (list.text.find("\nproject(") == std::string::npos) {
      AddTargets(list, &cmake);
    }
  }
  Targets bazel;
  for (const SourceFile& list : InParts({"BUILD.bazel"})) {
    AddTargets(list, &bazel);
  }
  EXPECT_GE(cmake.size(), 10u);
  EXPECT_THAT(CompareBuilds(cmake, bazel), IsEmpty());
}

// A source belongs to the CMakeLists.txt of its folder or, where there is none,
// of the nearest folder above.
TEST(House, EverySourceIsNamedInItsCMakeLists) {
  for (const std::string& part : Parts()) {
    if (part == "proto") continue;
    std::map<std::string, SourceFile> lists;  // by folder
    for (SourceFile& list : ReadFiles(Root() / part, {"CMakeLists.txt"})) {
      lists[fs::path(list.path).parent_path().generic_string()] = list;
    }
    ASSERT_EQ(lists.count(""), 1u) << part << " has no CMakeLists.txt";
    std::map<std::string, std::vector<std::string>> sources;  // by list
    for (const SourceFile& source : ReadFiles(Root() / part, {".cc"})) {
      fs::path folder = fs::path(source.path).parent_path();
      while (lists.count(folder.generic_string()) == 0) {
        folder = folder.parent_path();
      }
      sources[folder.generic_string()].push_back(
          fs::path(source.path)
              .lexically_relative(folder.empty() ? "." : folder)
              .generic_string());
    }
    EXPECT_FALSE(sources.empty()) << part;
    for (const auto& [folder, names] : sources) {
      EXPECT_THAT(CheckSourceList(lists[folder], names), IsEmpty()) << part;
    }
  }
}

}  // namespace
}  // namespace fusebox
