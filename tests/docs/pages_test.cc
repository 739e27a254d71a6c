// pages_test.cc: what every page says about files, commands, configs and
// metrics is true.

#include "tests/docs/pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "fusebox/metrics/names.h"
#include "tests/base/read_file.h"

namespace fusebox {
namespace {

using testing::Contains;
using testing::HasSubstr;

TEST(Pages, EveryLinkLeadsToAFileAndAHeading) {
  size_t count = 0;
  for (const std::filesystem::path& page : Pages()) {
    for (const std::string& link : LinksOf(ReadFile(Root() / page))) {
      const size_t hash = link.find('#');
      const std::filesystem::path file =
          hash == 0 ? Root() / page
                    : Root() / page.parent_path() / link.substr(0, hash);
      ASSERT_TRUE(std::filesystem::exists(file)) << page << ": " << link;
      if (hash != std::string::npos) {
        EXPECT_THAT(AnchorsOf(ReadFile(file)), Contains(link.substr(hash + 1)))
            << page << ": " << link;
      }
      ++count;
    }
  }
  EXPECT_GT(count, 60u);
}

TEST(Pages, NameScriptsThatExist) {
  namespace fs = std::filesystem;
  std::set<std::string> named;
  const std::regex script("\\bscripts/([a-z-]*[a-z])");
  std::vector<fs::path> files = Pages();
  for (const auto& entry :
       fs::directory_iterator(Root() / ".github/workflows")) {
    files.push_back(entry.path().lexically_relative(Root()));
  }
  for (const fs::path& file : files) {
    const std::string text = ReadFile(Root() / file);
    for (auto match = std::sregex_iterator(text.begin(), text.end(), script);
         match != std::sregex_iterator(); ++match) {
      EXPECT_TRUE(fs::exists(Root() / match->str()))
          << file << ": " << match->str();
      named.insert((*match)[1]);
    }
  }
  for (const auto& entry : fs::directory_iterator(Root() / "scripts")) {
    if (entry.is_directory()) continue;
    EXPECT_THAT(named, Contains(entry.path().filename().string()));
  }
}

// Returns the commands "fusebox ..." of the page: the lines of its sh blocks,
// and the code within its text.
std::vector<std::string> CommandsOf(const std::string& page) {
  std::string text;
  for (const std::string& block : BlocksOf(page, "sh")) text += "\n" + block;
  text += std::regex_replace(page, std::regex("`(fusebox [^`]*)`"), "\n$1\n");
  std::vector<std::string> commands;
  const std::regex command("\n(fusebox [a-z][^\n#]*)");
  for (auto match = std::sregex_iterator(text.begin(), text.end(), command);
       match != std::sregex_iterator(); ++match) {
    commands.push_back((*match)[1]);
  }
  return commands;
}

TEST(Pages, EveryCommandHasItsSubcommandAndOptions) {
  std::map<std::string, std::string> help;  // by subcommand
  size_t count = 0;
  for (const std::filesystem::path& page : Pages()) {
    for (const std::string& command : CommandsOf(ReadFile(Root() / page))) {
      std::smatch name;
      ASSERT_TRUE(std::regex_search(
          command, name,
          std::regex("^fusebox ((config (get|update))|[a-z]+)")));
      std::string& text = help[name[1]];
      if (text.empty()) {
        text = OutputOf(FUSEBOX_TOOL " " + std::string(name[1]) + " --help");
      }
      // For other words, the tool explains itself as a whole.
      EXPECT_THAT(text, HasSubstr("Usage: fusebox " + name[1].str() + " "))
          << page << ": " << command;
      const std::regex option("--[a-z]+");
      for (auto match =
               std::sregex_iterator(command.begin(), command.end(), option);
           match != std::sregex_iterator(); ++match) {
        EXPECT_THAT(text, HasSubstr(match->str())) << page << ": " << command;
      }
      ++count;
    }
  }
  EXPECT_GT(count, 30u);
}

// Either with their whole name, or as `retired_total`.
TEST(Pages, NameMetricsThatExist) {
  const std::string prefix = "grpc_client_circuit_breaker_";
  std::set<std::string> names;
  for (const MetricInfo& metric : kMetrics) {
    names.insert(std::string(metric.name));
  }
  const std::regex metric(prefix + "[a-z_]*[a-z]|`([a-z_]+_total)`");
  size_t count = 0;
  for (const std::filesystem::path& page : Pages()) {
    const std::string text = ReadFile(Root() / page);
    for (auto match = std::sregex_iterator(text.begin(), text.end(), metric);
         match != std::sregex_iterator(); ++match) {
      std::string name = (*match)[1].matched ? (*match)[1] : (*match)[0];
      if (name.rfind(prefix, 0) != 0) name.insert(0, prefix);
      EXPECT_EQ(names.count(name), 1u) << page << ": " << name;
      ++count;
    }
  }
  EXPECT_GT(count, 40u);
}

}  // namespace
}  // namespace fusebox
