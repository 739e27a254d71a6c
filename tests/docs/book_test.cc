// book_test.cc: tests what the pages in docs/ show: configs are valid, commands
// print what stands below them, each page answers a question, and the summary
// is complete. snippets_test.cc tests their code.

#include <gmock/gmock.h>
#include <grpcpp/support/status.h>
#include <grpcpp/support/validate_service_config.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "fusebox/core/types.h"
#include "fusebox/grpc/classifier.h"
#include "fusebox/grpc/interceptor_factory.h"
#include "tests/base/read_file.h"
#include "tests/config/config_texts.h"
#include "tests/docs/pages.h"

namespace fusebox {
namespace {

namespace fs = std::filesystem;

using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// Returns the names of the files directly in docs/ that end in .md.
std::vector<std::string> Pages() {
  std::vector<std::string> pages;
  for (const auto& entry : fs::directory_iterator(Root() / "docs")) {
    if (entry.path().extension() == ".md") {
      pages.push_back(entry.path().filename().string());
    }
  }
  return pages;
}

std::string Page(const std::string& name) {
  return ReadFile(Root() / "docs" / name);
}

bool Contain(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A config is one of Fusebox, or a service config of gRPC.
TEST(Book, EveryConfigIsValid) {
  size_t of_grpc = 0;
  std::vector<std::string> pages = Pages();
  pages.emplace_back("../README.md");
  for (const std::string& page : pages) {
    for (const std::string& block : BlocksOf(Page(page), "json")) {
      if (Contain(block, "\"methodConfig\"") ||
          Contain(block, "\"loadBalancingConfig\"")) {
        EXPECT_EQ(grpc::experimental::ValidateServiceConfigJSON(block), "")
            << page << ": " << block;
        ++of_grpc;
      } else {
        EXPECT_TRUE(ReadConfig(block)) << page << ": " << block;
      }
    }
  }
  EXPECT_GE(of_grpc, 2u);
}

// The commands of a page run one after the other in a copy of examples/replay.
TEST(Book, AReplayPrintsWhatStandsBelowIt) {
  const std::regex command("```sh\n([^`]*)```\n\n```text\n([^`]*)```\n");
  const std::string tool = fs::absolute(FUSEBOX_TOOL).string();
  size_t count = 0;
  for (const std::string& name : Pages()) {
    const fs::path folder = fs::path(testing::TempDir()) / ("book_" + name);
    fs::remove_all(folder);
    fs::create_directories(folder);
    for (const auto& entry :
         fs::directory_iterator(Root() / "examples/replay")) {
      fs::copy_file(entry.path(), folder / entry.path().filename());
    }
    const std::string page = Page(name);
    for (auto match = std::sregex_iterator(page.begin(), page.end(), command);
         match != std::sregex_iterator(); ++match) {
      const std::string script = (*match)[1];
      if (!Contain(script, "fusebox replay ")) continue;
      EXPECT_EQ(OutputOf("cd '" + folder.string() + "'\nfusebox() { '" + tool +
                         "' \"$@\"; }\n" + script),
                (*match)[2])
          << name << ": " << script;
      ++count;
    }
    fs::remove_all(folder);
  }
  EXPECT_GE(count, 5u);
}

// Returns the heading of a page: its first line, without "# ".
std::string TitleOf(const std::string& name) {
  const std::string page = Page(name);
  const std::string line = page.substr(0, page.find('\n'));
  EXPECT_THAT(line, StartsWith("# ")) << name;
  return line.substr(std::min<size_t>(line.size(), 2));
}

TEST(Book, EachPageBeginsWithTheQuestionThatItAnswers) {
  for (const std::string& page : Pages()) {
    if (page == "SUMMARY.md") continue;
    EXPECT_THAT(TitleOf(page), EndsWith("?")) << page;
  }
}

// `scripts/check walk` does what the page says.
TEST(Book, ThePageForBeginnersShowsTheFilesOfAnExample) {
  const std::string page = Page("getting-started.md");
  const std::regex file("\n`([^`]+)`:\n\n```[a-z]+\n([^`]*)```\n");
  size_t count = 0;
  for (auto match = std::sregex_iterator(page.begin(), page.end(), file);
       match != std::sregex_iterator(); ++match) {
    EXPECT_EQ((*match)[2],
              ReadFile(Root() / "examples/consume_cmake" / (*match)[1].str()))
        << (*match)[1];
    ++count;
  }
  EXPECT_EQ(count, 3u);
}

TEST(Book, TheSummaryListsEveryPage) {
  const std::string summary = Page("SUMMARY.md");
  for (const std::string& page : Pages()) {
    if (page == "SUMMARY.md") continue;
    EXPECT_THAT(summary,
                HasSubstr("\n- [" + TitleOf(page) + "](" + page + ")\n"));
  }
  const std::vector<std::string> listed = LinksOf(summary);
  for (const auto& entry : fs::directory_iterator(Root() / "docs/adr")) {
    EXPECT_THAT(listed, Contains("adr/" + entry.path().filename().string()));
  }
}

TEST(FailuresPage, ItsClassifierIgnoresCallsToAShardThatHasMoved) {
  fusebox::InterceptorOptions options;
  options.classifier =
      [](const fusebox::FinishedCall& call) -> std::optional<fusebox::Outcome> {
    if (call.trailers.count("shard-moved") != 0) {
      return fusebox::Outcome::kIgnored;
    }
    return std::nullopt;  // the default outcome
  };
  const grpc::Status status(grpc::StatusCode::UNAVAILABLE, "moved");
  const FinishedCall::Trailers moved = {{"shard-moved", "2"}};
  const FinishedCall::Trailers none;
  const auto outcome = [&](const FinishedCall::Trailers& trailers) {
    return options.classifier({"", "/s/M", "", RpcType::kUnary, status,
                               grpc::StatusCode::UNAVAILABLE,
                               /*reply_missing=*/false, trailers});
  };
  EXPECT_EQ(outcome(moved), Outcome::kIgnored);
  EXPECT_EQ(outcome(none), std::nullopt);
}

}  // namespace
}  // namespace fusebox
