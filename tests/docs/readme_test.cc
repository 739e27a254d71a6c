// readme_test.cc: tests that the README is short, that examples print what
// their pages show, and what else has one page only.

#include <gmock/gmock.h>
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

using testing::HasSubstr;

std::string Readme() { return ReadFile(Root() / "README.md"); }

// The first screens are all that most people read.
TEST(Readme, IsShort) {
  const std::string readme = Readme();
  EXPECT_LE(std::count(readme.begin(), readme.end(), '\n'), 250);
}

// Durations differ from run to run.
std::string WithoutDurations(const std::string& text) {
  return std::regex_replace(text, std::regex("[0-9.]+s\\b"), "#s");
}

TEST(Readme, ExamplesPrintWhatIsShown) {
  struct Case {
    std::string page;
    std::string command;
    bool measures_time;
  };
  const Case cases[] = {
      {"README.md", FUSEBOX_QUICKSTART, true},
      {"examples/fallback/README.md", FUSEBOX_FALLBACK, true},
      {"examples/streaming/README.md", FUSEBOX_STREAMING, false},
      {"examples/admin/README.md", FUSEBOX_ADMIN, false},
  };
  for (const Case& c : cases) {
    std::string printed = OutputOf(c.command);
    std::string shown = BlocksOf(ReadFile(Root() / c.page), "text").at(0);
    if (c.measures_time) {
      printed = WithoutDurations(printed);
      shown = WithoutDurations(shown);
    }
    EXPECT_EQ(printed, shown) << c.page;
  }
}

// docs/fallbacks.md shows a part of what the example prints.
TEST(FallbacksPage, ShowsLinesThatTheExamplePrints) {
  EXPECT_THAT(
      OutputOf(FUSEBOX_FALLBACK),
      HasSubstr(
          BlocksOf(ReadFile(Root() / "docs/fallbacks.md"), "text").at(0)));
}

TEST(Readme, TheReplayExampleCostsAndSavesWhatItsOwnShows) {
  const std::filesystem::path folder = Root() / "examples/replay";
  const auto shown = BlocksOf(ReadFile(folder / "README.md"), "text");
  ASSERT_EQ(shown.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    const char* const config = i == 0 ? "classic.json" : "responsive.json";
    EXPECT_EQ(
        OutputOf(FUSEBOX_TOOL " replay --config " + (folder / config).string() +
                 " --calls " + (folder / "outage.csv").string()),
        shown[i]);
  }
}

TEST(Readme, TheQuickstartFitsOnAScreen) {
  const std::string program =
      ReadFile(Root() / "examples/quickstart/quickstart.cc");
  EXPECT_LT(std::count(program.begin(), program.end(), '\n'), 80);
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
