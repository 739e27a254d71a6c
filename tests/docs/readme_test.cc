// readme_test.cc: tests what holds for the README or for one other page only.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <regex>
#include <string>

#include "tests/base/read_file.h"
#include "tests/docs/pages.h"

namespace fusebox {
namespace {

// The first screens are all that most people read.
TEST(Readme, IsShort) {
  const std::string readme = ReadFile(Root() / "README.md");
  EXPECT_LE(std::count(readme.begin(), readme.end(), '\n'), 250);
}

TEST(ArchitecturePage, NamesFilesThatExist) {
  const std::string page = ReadFile(Root() / "docs/architecture.md");
  const std::regex file("`([a-z_]+/[a-z_/]+[.](h|cc|js))`");
  size_t count = 0;
  for (auto match = std::sregex_iterator(page.begin(), page.end(), file);
       match != std::sregex_iterator(); ++match) {
    const std::string path = (*match)[1];
    EXPECT_TRUE(std::filesystem::exists(Root() / path) ||
                std::filesystem::exists(Root() / "interceptors/fusebox" / path))
        << path;
    ++count;
  }
  EXPECT_GT(count, 20u);
}

}  // namespace
}  // namespace fusebox
