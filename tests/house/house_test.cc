// house_test.cc: checks the whole tree against the rules of the house.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/base/read_file.h"
#include "tests/house/bans.h"
#include "tests/house/builds.h"
#include "tests/house/checker.h"

namespace fusebox {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

constexpr size_t kMaxLines = 300;  // of a file of the library
constexpr size_t kMaxPublicHeaders = 53;

const fs::path& Root() {
  static const fs::path& root = *new fs::path(FUSEBOX_SOURCE_DIR);
  return root;
}

fs::path Library() { return Root() / "interceptors" / "fusebox"; }

bool IsPublic(const SourceFile& header) {
  return header.path.find("/internal/") == std::string::npos;
}

// Returns the findings of `rule` in all files of the library with these
// extensions.
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

TEST(House, PublicHeadersAreFew) {
  std::vector<SourceFile> headers = ReadFiles(Library(), {".h"});
  headers.erase(std::partition(headers.begin(), headers.end(), IsPublic),
                headers.end());
  EXPECT_GT(headers.size(), 30u);
  EXPECT_LE(headers.size(), kMaxPublicHeaders);
}

TEST(House, FilesAreShort) {
  EXPECT_THAT(InLibrary({".h", ".cc"},
                        [](const SourceFile& file) {
                          return CheckLength(file, kMaxLines);
                        }),
              IsEmpty());
}

// internal/ has no README: its parent's speaks of it.
TEST(House, EachFolderHasAReadmeThatListsItsHeaders) {
  std::map<std::string, std::vector<std::string>> headers;  // by folder
  for (const SourceFile& header : ReadFiles(Library(), {".h"})) {
    const fs::path path(header.path);
    const fs::path folder = IsPublic(header) ? path.parent_path()
                                             : path.parent_path().parent_path();
    headers[folder.generic_string()].push_back(
        path.lexically_relative(folder.empty() ? "." : folder)
            .generic_string());
  }
  EXPECT_GE(headers.size(), 12u);
  std::map<std::string, SourceFile> readmes;
  for (SourceFile& readme : ReadFiles(Library(), {"README.md"})) {
    readmes[fs::path(readme.path).parent_path().generic_string()] = readme;
  }
  EXPECT_EQ(readmes.size(), headers.size());
  for (const auto& [folder, names] : headers) {
    EXPECT_EQ(readmes.count(folder), 1u) << folder << " has no README.md";
    EXPECT_THAT(CheckReadme(readmes[folder], names), IsEmpty());
  }
}

// Returns those top folders with code in them that exist.
std::vector<std::string> Parts() {
  std::vector<std::string> parts;
  for (const char* part : {"interceptors", "proto", "examples", "demo", "tests",
                           "benchmarks", "tools"}) {
    if (fs::exists(Root() / part)) parts.emplace_back(part);
  }
  EXPECT_GE(parts.size(), 3u) << "nothing to check in " << Root();
  return parts;
}

// Adds the files below a folder. Their paths are relative to the root.
void Add(const std::string& folder, const std::vector<std::string>& extensions,
         std::vector<SourceFile>* files) {
  for (SourceFile& file : ReadFiles(Root() / folder, extensions)) {
    file.path = folder + "/" + file.path;
    files->push_back(std::move(file));
  }
}

std::vector<SourceFile> InParts(const std::vector<std::string>& extensions) {
  std::vector<SourceFile> files;
  for (const std::string& part : Parts()) Add(part, extensions, &files);
  return files;
}

// Returns the documents of the project: pages in the root and in docs/.
std::vector<SourceFile> Documents() {
  std::vector<SourceFile> files;
  for (const char* page : {"README.md", "CONTRIBUTING.md", "CHANGELOG.md"}) {
    files.push_back({page, ReadFile(Root() / page)});
  }
  Add("docs", {".md"}, &files);
  return files;
}

TEST(House, NothingBannedIsThere) {
  std::vector<SourceFile> files = Documents();
  for (const std::string& part : Parts()) {
    Add(part, {".h", ".cc", ".proto", ".md", ".bazel", "CMakeLists.txt"},
        &files);
  }
  for (const char* top : {"scripts", "cmake", "bazel", "debian", "packaging"}) {
    if (!fs::exists(Root() / top)) continue;
    Add(top,
        {".sh",      ".cmake", ".bzl",         ".tpl",     ".in",     ".py",
         ".yml",     ".md",    ".cc",          ".install", ".BUILD",  "bench",
         "check",    "demo",   "test",         "release",  "package", "control",
         "consumer", "rules",  "README.source"},
        &files);
  }
  EXPECT_GT(files.size(), 100u);
  for (const SourceFile& file : files) {
    EXPECT_THAT(CheckBans(file), IsEmpty());
  }
}

// Returns what uses the library as others do: the documents, the examples, the
// tools, the benchmarks, and the projects that test it from outside.
std::vector<SourceFile> Users() {
  std::vector<SourceFile> users = Documents();
  for (SourceFile& file : InParts({".h", ".cc", ".md"})) {
    const std::string part = file.path.substr(0, file.path.find('/'));
    const bool is_consumer = file.path.rfind("tests/consumer/", 0) == 0;
    if (is_consumer ||
        (part != "interceptors" && part != "tests" && part != "proto")) {
      users.push_back(std::move(file));
    }
  }
  EXPECT_GT(users.size(), 50u);
  return users;
}

TEST(House, EachPublicHeaderIsUsed) {
  const std::vector<SourceFile> headers = ReadFiles(Library(), {".h"});
  std::vector<SourceFile> users = Users();
  std::copy_if(headers.begin(), headers.end(), std::back_inserter(users),
               [](const SourceFile& it) { return it.path == "fusebox.h"; });
  EXPECT_THAT(CheckUse(headers, users), IsEmpty());
}

// The consumers are projects of their own, which share one source.
bool IsOfConsumer(const SourceFile& file) {
  return file.path.rfind("examples/consume_", 0) == 0;
}

// Returns the targets in all lists of this name. A CMakeLists.txt with a
// project of its own is not part of this project.
Targets TargetsOf(const std::string& name) {
  std::vector<std::string> sources;
  for (const SourceFile& source : InParts({".cc"})) {
    sources.push_back(source.path);
  }
  Targets targets;
  for (const SourceFile& list : InParts({name})) {
    if (!IsOfConsumer(list) &&
        list.text.find("\nproject(") == std::string::npos) {
      AddTargets(list, sources, &targets);
    }
  }
  EXPECT_GE(targets.size(), 10u);
  return targets;
}

TEST(House, CMakeAndBazelBuildTheSame) {
  EXPECT_THAT(
      CompareBuilds(TargetsOf("CMakeLists.txt"), TargetsOf("BUILD.bazel")),
      IsEmpty());
}

TEST(House, EachFolderOfTheLibraryIsATargetInBothBuilds) {
  std::set<std::string> folders;
  for (const SourceFile& source : ReadFiles(Library(), {".cc"})) {
    folders.insert(source.path.substr(0, source.path.find('/')));
  }
  EXPECT_GE(folders.size(), 11u);
  for (const char* const name : {"CMakeLists.txt", "BUILD.bazel"}) {
    EXPECT_THAT(CheckFolders(TargetsOf(name), folders), IsEmpty()) << name;
  }
}

// A source is named in the CMakeLists.txt of its folder or, if there is none,
// of the nearest folder above it.
TEST(House, EverySourceIsNamedInItsCMakeLists) {
  std::map<fs::path, std::set<std::string>> named;  // by folder
  for (const SourceFile& list : InParts({"CMakeLists.txt"})) {
    Targets targets;
    AddTargets(list, {}, &targets);
    std::set<std::string>& names = named[fs::path(list.path).parent_path()];
    for (const auto& [target, sources] : targets) {
      names.insert(sources.begin(), sources.end());
    }
  }
  for (const SourceFile& source : InParts({".cc"})) {
    if (IsOfConsumer(source)) continue;
    fs::path folder = fs::path(source.path).parent_path();
    while (!folder.empty() && named.count(folder) == 0) {
      folder = folder.parent_path();
    }
    EXPECT_EQ(named[folder].count(source.path), 1u)
        << folder / "CMakeLists.txt"
        << " must name " << source.path;
  }
}

}  // namespace
}  // namespace fusebox
