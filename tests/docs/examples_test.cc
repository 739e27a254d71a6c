// examples_test.cc: tests that the examples are a ladder of short programs, and
// that they print what the pages show.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
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

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(Examples, TheLadderHasTheseSteps) {
  const std::string ladder =
      SectionOf(ReadFile(Root() / "examples/README.md"), "The ladder");
  std::vector<std::string> steps;
  const std::regex step("\n([0-9]+)[.] +\\*\\*\\[([a-z_]+)/\\]");
  for (auto match = std::sregex_iterator(ladder.begin(), ladder.end(), step);
       match != std::sregex_iterator(); ++match) {
    EXPECT_EQ((*match)[1], std::to_string(steps.size() + 1));
    steps.push_back((*match)[2]);
  }
  EXPECT_THAT(steps, ElementsAre("quickstart", "config_file", "backends",
                                 "streaming", "async", "fallback", "unit_test",
                                 "monitoring", "admin", "replay"));
}

TEST(Examples, ThePageListsEveryFolder) {
  const std::string page = ReadFile(Root() / "examples/README.md");
  for (const auto& entry : fs::directory_iterator(Root() / "examples")) {
    if (!entry.is_directory()) continue;
    const std::string name = entry.path().filename().string() + "/";
    EXPECT_THAT(
        page, AnyOf(HasSubstr("[" + name + "]"), HasSubstr("`" + name + "`")));
  }
}

TEST(Examples, AreShort) {
  size_t count = 0;
  for (const auto& entry :
       fs::recursive_directory_iterator(Root() / "examples")) {
    if (entry.path().extension() != ".cc") continue;
    const std::string program = ReadFile(entry.path());
    EXPECT_LT(std::count(program.begin(), program.end(), '\n'),
              entry.path().filename() == "quickstart.cc" ? 80 : 150)
        << entry.path();
    ++count;
  }
  EXPECT_GE(count, 10u);
}

// Returns the output of the program of an example.
std::string Output(const std::string& example) {
  return OutputOf(ExampleProgram(example));
}

// Returns the n-th text block of a page.
std::string Shown(const std::string& page, size_t n) {
  return BlocksOf(ReadFile(Root() / page), "text").at(n);
}

// Durations differ from run to run.
std::string WithoutDurations(const std::string& text) {
  return std::regex_replace(text, std::regex("[0-9.]+s\\b"), "#s");
}

TEST(Examples, PrintWhatTheirPagesShow) {
  EXPECT_EQ(Output("streaming"), Shown("examples/streaming/README.md", 0));
  EXPECT_EQ(Output("admin"), Shown("examples/admin/README.md", 0));
  EXPECT_EQ(Output("backends"), Shown("examples/README.md", 0));
  EXPECT_EQ(Output("async"), Shown("examples/README.md", 1));
}

TEST(Examples, PrintWhatTheirPagesShowApartFromDurations) {
  EXPECT_EQ(WithoutDurations(Output("quickstart")),
            WithoutDurations(Shown("README.md", 0)));
  const std::string fallback = Output("fallback");
  EXPECT_EQ(WithoutDurations(fallback),
            WithoutDurations(Shown("examples/fallback/README.md", 0)));
  // The page shows a part.
  EXPECT_THAT(fallback, HasSubstr(Shown("docs/fallbacks.md", 0)));
}

TEST(Examples, ReplayCostsAndSavesWhatItsPageShows) {
  const fs::path folder = Root() / "examples/replay";
  size_t n = 0;
  for (const char* const config : {"classic.json", "responsive.json"}) {
    EXPECT_EQ(
        OutputOf(FUSEBOX_TOOL " replay --config " + (folder / config).string() +
                 " --calls " + (folder / "outage.csv").string()),
        Shown("examples/replay/README.md", n++));
  }
}

}  // namespace
}  // namespace fusebox
