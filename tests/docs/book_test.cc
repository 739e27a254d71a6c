// book_test.cc: tests what the pages in docs/ show: configs are valid, snippets
// are compiled, commands print what stands below them, and the summary is
// complete.

#include <gmock/gmock.h>
#include <grpcpp/support/status.h>
#include <grpcpp/support/validate_service_config.h>
#include <gtest/gtest.h>

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
  for (const std::string& page : Pages()) {
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

TEST(Book, EveryCppSnippetIsARegionOfAProgram) {
  std::string programs;
  for (const char* const part : {"examples", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(Root() / part)) {
      if (entry.path().extension() == ".cc") {
        programs += Flush(ReadFile(entry.path()));
      }
    }
  }
  size_t count = 0;
  for (const std::string& page : Pages()) {
    for (const std::string& snippet : BlocksOf(Page(page), "cpp")) {
      EXPECT_TRUE(Contain(programs, Flush(snippet))) << page << ": " << snippet;
      ++count;
    }
  }
  EXPECT_GE(count, 4u);
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

TEST(Book, TheSummaryListsEveryPage) {
  const std::vector<std::string> listed = LinksOf(Page("SUMMARY.md"));
  for (const std::string& page : Pages()) {
    if (page == "SUMMARY.md") continue;
    EXPECT_THAT(listed, Contains(page));
  }
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
