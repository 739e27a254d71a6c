// snippets_test.cc: tests that the C++ snippets of the README and of docs/ are
// parts of programs that are compiled, with the headers and the targets that
// they name.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/base/read_file.h"
#include "tests/docs/pages.h"

namespace fusebox {
namespace {

namespace fs = std::filesystem;

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A snippet without the #include lines at its start, and those lines.
struct Snippet {
  std::string page;
  std::string code;  // without indentation
  std::set<std::string> includes;
};

// Returns the snippets of the README and of docs/. The page for beginners shows
// whole files (book_test.cc).
std::vector<Snippet> Snippets() {
  std::vector<Snippet> snippets;
  for (const fs::path& page : Pages()) {
    if (page != "README.md" && *page.begin() != "docs") continue;
    if (page.filename() == "getting-started.md") continue;
    for (const std::string& block : BlocksOf(ReadFile(Root() / page), "cpp")) {
      Snippet snippet;
      snippet.page = page.string();
      std::istringstream lines(block);
      for (std::string line; std::getline(lines, line);) {
        if (line.rfind("#include ", 0) == 0) {
          snippet.includes.insert(line);
        } else if (!line.empty() || !snippet.code.empty()) {
          snippet.code += line + "\n";
        }
      }
      snippet.code = Flush(snippet.code);
      snippets.push_back(std::move(snippet));
    }
  }
  EXPECT_GE(snippets.size(), 15u);
  return snippets;
}

// Returns the programs below a folder as one text, without indentation.
std::string ProgramsIn(const std::string& folder) {
  std::string programs;
  for (const auto& entry : fs::recursive_directory_iterator(Root() / folder)) {
    const bool is_consumer = entry.path().generic_string().find(
                                 "tests/consumer/") != std::string::npos;
    if (entry.path().extension() == ".cc" && !is_consumer) {
      programs += Flush(ReadFile(entry.path()));
    }
  }
  return programs;
}

// A snippet with #include lines is what a user copies: it comes from an
// example.
TEST(Snippets, AreRegionsOfPrograms) {
  const std::string examples = ProgramsIn("examples");
  const std::string all = examples + ProgramsIn("tests");
  for (const Snippet& snippet : Snippets()) {
    const bool for_users = !snippet.includes.empty();
    EXPECT_TRUE((for_users ? examples : all).find(snippet.code) !=
                std::string::npos)
        << snippet.page << ": " << snippet.code;
    EXPECT_TRUE(for_users || snippet.page != "README.md") << snippet.code;
  }
}

// A program of tests/consumer/, which `scripts/check package` builds against an
// installed Fusebox, with the targets that stand behind "// link".
struct Consumer {
  std::string code;  // without indentation
  std::set<std::string> includes;
};

std::map<std::string, Consumer> Consumers() {
  std::map<std::string, Consumer> consumers;
  for (const auto& entry : fs::directory_iterator(Root() / "tests/consumer")) {
    if (entry.path().extension() != ".cc") continue;
    const std::string text = ReadFile(entry.path());
    Consumer& consumer = consumers[entry.path().filename().string()];
    consumer.code = Flush(text);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const bool of_fusebox = line.rfind("#include \"fusebox/", 0) == 0;
      if (of_fusebox || line.find("  // link ") != std::string::npos) {
        consumer.includes.insert(line);
      }
    }
  }
  return consumers;
}

TEST(Snippets, NameTheHeadersAndTargetsThatTheirConsumerUses) {
  const std::map<std::string, Consumer> consumers = Consumers();
  std::set<std::string> idle;  // shown on no page
  for (const auto& [name, consumer] : consumers) idle.insert(name);
  for (const Snippet& snippet : Snippets()) {
    if (snippet.includes.empty()) continue;
    std::vector<std::string> same;
    for (const auto& [name, consumer] : consumers) {
      if (consumer.code.find(snippet.code) != std::string::npos &&
          consumer.includes == snippet.includes) {
        same.push_back(name);
        idle.erase(name);
      }
    }
    EXPECT_THAT(same, SizeIs(1)) << snippet.page << ": " << snippet.code;
  }
  EXPECT_THAT(idle, IsEmpty());
}

// scripts/check builds those that the consumer's build file names.
TEST(Snippets, EveryConsumerIsBuilt) {
  const std::string build = ReadFile(Root() / "tests/consumer/CMakeLists.txt");
  for (const auto& [name, consumer] : Consumers()) {
    EXPECT_THAT(build, HasSubstr(name));
  }
}

}  // namespace
}  // namespace fusebox
