// The README's snippets are compiled code, its output is printed, its defaults
// are the structs'.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/policy/code_classifier.h"
#include "fusebox/policy/policy.h"
#include "fusebox/policy/status_code.h"
#include "tests/base/read_file.h"
#include "tests/docs/pages.h"

namespace fusebox {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

std::string Readme() { return ReadFile(Root() / "README.md"); }

// A snippet without the #include lines at its start, and those lines.
struct Snippet {
  std::string code;
  std::set<std::string> includes;
};
std::vector<Snippet> CppSnippets() {
  std::vector<Snippet> snippets;
  for (const std::string& block : BlocksOf(Readme(), "cpp")) {
    Snippet snippet;
    std::istringstream lines(block);
    for (std::string line; std::getline(lines, line);) {
      if (line.rfind("#include ", 0) == 0) {
        snippet.includes.insert(line);
      } else if (!line.empty() || !snippet.code.empty()) {
        snippet.code += line + "\n";
      }
    }
    snippets.push_back(std::move(snippet));
  }
  return snippets;
}

// Returns the sources of all examples without indentation.
std::string Examples() {
  std::string examples;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(Root() / "examples")) {
    if (entry.path().extension() == ".cc") {
      examples += Flush(ReadFile(entry.path()));
    }
  }
  return examples;
}

TEST(Readme, EveryCppSnippetIsARegionOfACompiledExample) {
  const std::string examples = Examples();
  const auto snippets = CppSnippets();
  ASSERT_FALSE(snippets.empty());
  for (const Snippet& snippet : snippets) {
    EXPECT_THAT(examples, HasSubstr(Flush(snippet.code)));
  }
}

// `scripts/check package` builds tests/consumer/ against an installed Fusebox,
// with the targets that stand behind "// link".
TEST(Readme, EveryCppSnippetNamesTheHeadersAndTargetsThatItsConsumerUses) {
  std::map<std::string, std::set<std::string>> consumers;
  for (const auto& entry :
       std::filesystem::directory_iterator(Root() / "tests/consumer")) {
    if (entry.path().extension() != ".cc") continue;
    const std::string text = ReadFile(entry.path());
    std::set<std::string>& includes = consumers[Flush(text)];
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const bool of_fusebox = line.rfind("#include \"fusebox/", 0) == 0;
      if (of_fusebox || line.find("  // link ") != std::string::npos) {
        includes.insert(line);
      }
    }
  }
  for (const Snippet& snippet : CppSnippets()) {
    EXPECT_FALSE(snippet.includes.empty()) << snippet.code;
    EXPECT_THAT(consumers, Contains(Pair(HasSubstr(Flush(snippet.code)),
                                         snippet.includes)));
  }
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

// The codes of a class, as the table prints them.
std::string Codes(const std::vector<absl::StatusCode>& order, Outcome outcome) {
  std::string text;
  for (const absl::StatusCode code : order) {
    EXPECT_EQ(CodeClassifier().Classify(static_cast<int>(code)), outcome);
    text += (text.empty() ? "" : ", ") +
            std::string(StatusCodeName(static_cast<int>(code)));
  }
  return text;
}

TEST(Readme, TheTableOfDefaultsIsThatOfThePolicy) {
  using absl::StatusCode;
  const Policy policy;
  const std::map<std::string, std::string> defaults = {
      {"consecutive_failures", std::to_string(policy.consecutive_failures)},
      {"max_failure_gap", FormatDuration(policy.max_failure_gap)},
      {"failure_score", policy.failure_score ? "on" : "off"},
      {"failure_rate", policy.failure_rate ? "on" : "off"},
      {"slow_call_rate", policy.slow_call_rate ? "on" : "off"},
      {"window", FormatDuration(policy.window.duration)},
      {"open_backoff", policy.open_backoff ? "on" : "off"},
      {"recovery_ramp", policy.recovery_ramp ? "on" : "off"},
      {"max_concurrent_calls", std::to_string(policy.max_concurrent_calls)},
      {"open_duration", FormatDuration(policy.open_duration)},
      {"half_open.max_probes", std::to_string(policy.half_open.max_probes)},
      {"half_open.successes_to_close",
       std::to_string(policy.half_open.successes_to_close)},
      {"half_open.timeout", FormatDuration(policy.half_open.timeout)},
      {"half_open.early_on_reconnect",
       policy.half_open.early_on_reconnect ? "true" : "false"},
      {"honor_pushback", policy.honor_pushback ? "true" : "false"},
      {"max_pushback", FormatDuration(policy.max_pushback)},
      {"mode", std::string(Name(policy.mode))},
      {"failure_codes",
       Codes({StatusCode::kUnavailable, StatusCode::kDeadlineExceeded,
              StatusCode::kInternal, StatusCode::kUnknown,
              StatusCode::kDataLoss, StatusCode::kResourceExhausted},
             Outcome::kFailure)},
      {"ignored_codes", Codes({StatusCode::kCancelled}, Outcome::kIgnored)},
      {"min_deadline", FormatDuration(policy.min_deadline)},
      {"idle_stream_age", FormatDuration(policy.idle_stream_age)},
      {"stream_verdict", std::string(Name(policy.stream_verdict))},
      {"count_broken_streams", policy.count_broken_streams ? "true" : "false"},
      {"rejection_code",
       std::string(StatusCodeName(static_cast<int>(policy.rejection_code)))},
      {"scope", std::string(Name(policy.scope))},
  };
  std::map<std::string, std::string> table;
  const std::string readme = Readme();
  const std::regex row("\n\\| `([a-z_.]+)` \\| ([^|]*) \\| [^|]+ \\|(?=\n)");
  for (auto match = std::sregex_iterator(readme.begin(), readme.end(), row);
       match != std::sregex_iterator(); ++match) {
    table[(*match)[1]] = (*match)[2];
  }
  EXPECT_EQ(table, defaults);
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
