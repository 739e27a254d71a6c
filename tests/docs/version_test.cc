// version_test.cc: tests that the files which cannot read the version from
// version.h repeat it correctly. CMakeLists.txt reads it.

#include "fusebox/version.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include "tests/base/read_file.h"
#include "tests/docs/pages.h"

namespace fusebox {
namespace {

namespace fs = std::filesystem;

using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

// "0.1", which names the shared libraries and their Debian package.
std::string Minor() {
  return std::to_string(FUSEBOX_VERSION_MAJOR) + "." +
         std::to_string(FUSEBOX_VERSION_MINOR);
}

// Returns the first group of each match.
std::vector<std::string> Matches(const std::string& text,
                                 const std::string& pattern) {
  const std::regex regex(pattern);
  std::vector<std::string> groups;
  for (auto match = std::sregex_iterator(text.begin(), text.end(), regex);
       match != std::sregex_iterator(); ++match) {
    groups.push_back((*match)[1]);
  }
  return groups;
}

TEST(Version, IsTheSameAsNumbersAndAsText) {
  EXPECT_EQ(Minor() + "." + std::to_string(FUSEBOX_VERSION_PATCH), kVersion);
}

TEST(Version, IsReadByCMake) {
  const std::string list = ReadFile(Root() / "CMakeLists.txt");
  EXPECT_THAT(list, HasSubstr("file(STRINGS interceptors/fusebox/version.h "));
  EXPECT_THAT(list, HasSubstr("project(fusebox VERSION ${version} "));
}

TEST(Version, IsTheSameInTheBazelModule) {
  EXPECT_THAT(ReadFile(Root() / "MODULE.bazel"),
              HasSubstr("    name = \"fusebox\",\n    version = \"" +
                        std::string(kVersion) + "\",\n"));
}

TEST(Version, IsTheSameInTheDebianPackages) {
  const fs::path debian = Root() / "debian";
  EXPECT_THAT(ReadFile(debian / "changelog"),
              StartsWith("fusebox (" + std::string(kVersion) + ") "));
  EXPECT_THAT(ReadFile(debian / "control"),
              HasSubstr("\nPackage: libfusebox" + Minor() + "\n"));
  EXPECT_TRUE(fs::exists(debian / ("libfusebox" + Minor() + ".install")));
  for (const char* const file : {"control", "rules"}) {
    EXPECT_THAT(Matches(ReadFile(debian / file), "libfusebox([0-9.]*[0-9])"),
                Each(Minor()))
        << file;
  }
}

// Programs ask for the version with which they were written.
TEST(Version, IsTheSameInTheProjectsThatFindFusebox) {
  size_t count = 0;
  for (const char* const part : {"examples", "tests/consumer"}) {
    for (const auto& entry : fs::recursive_directory_iterator(Root() / part)) {
      if (entry.path().filename() != "CMakeLists.txt") continue;
      const auto versions = Matches(
          ReadFile(entry.path()), "find_package\\(fusebox ([0-9.]+) REQUIRED");
      EXPECT_THAT(versions, Each(Minor())) << entry.path();
      count += versions.size();
    }
  }
  EXPECT_GE(count, 2u);
}

TEST(Version, IsTheSameInThePages) {
  struct Case {
    std::string page;
    std::string pattern;
    std::string version;
  };
  const Case cases[] = {
      {"compatibility.md", "[.]so[.]([0-9.]*[0-9])", Minor()},
      {"packages.md", "libfusebox([0-9.]*[0-9])", Minor()},
      {"packages.md", "find_package\\(fusebox ([0-9.]+)", Minor()},
      {"packages.md", "fusebox[-_]([0-9][0-9.]*[0-9])", kVersion},
  };
  for (const Case& c : cases) {
    const auto found = Matches(ReadFile(Root() / "docs" / c.page), c.pattern);
    EXPECT_THAT(found, Not(IsEmpty())) << c.page << ": " << c.pattern;
    EXPECT_THAT(found, Each(c.version)) << c.page << ": " << c.pattern;
  }
}

// scripts/release fills in the version.
TEST(Version, IsNotRepeatedInThePackageManagersFiles) {
  for (const auto& entry :
       fs::recursive_directory_iterator(Root() / "packaging")) {
    if (!entry.is_regular_file()) continue;
    EXPECT_THAT(ReadFile(entry.path()), Not(HasSubstr(kVersion)))
        << entry.path();
  }
}

}  // namespace
}  // namespace fusebox
