// house_test.cc: the rules of the house, held against the tree.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/house/checker.h"

namespace fusebox {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

constexpr size_t kMostLines = 300;

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
                          return CheckLength(file, kMostLines);
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

// A source belongs to the CMakeLists.txt of its folder or, where there is none,
// of the nearest folder above.
TEST(House, EverySourceIsNamedInItsCMakeLists) {
  for (const char* part : {"interceptors", "examples", "tests", "tools"}) {
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
