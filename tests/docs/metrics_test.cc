// metrics_test.cc: docs/metrics.md against the table of metrics.

#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "fusebox/metrics/names.h"
#include "tests/base/read_file.h"
#include "tests/docs/pages.h"

namespace fusebox {
namespace {

std::string Page() { return ReadFile(Root() / "docs/metrics.md"); }

// The rows about metrics in the page's section.
std::vector<std::string> Rows(const std::string& section) {
  std::istringstream text(SectionOf(Page(), section));
  std::vector<std::string> rows;
  for (std::string line; std::getline(text, line);) {
    if (line.rfind("| `grpc_client_", 0) == 0) rows.push_back(line);
  }
  return rows;
}

std::vector<std::string> RowsOfTable(MetricOwner owner) {
  std::vector<std::string> rows;
  for (const MetricInfo& metric : kMetrics) {
    if (metric.owner != owner) continue;
    std::ostringstream row;
    row << "| `" << metric.name << "` | " << Name(metric.type) << " | "
        << metric.unit << " | ";
    const char* separator = "`";
    for (const std::string_view label : metric.labels) {
      if (label.empty()) continue;
      row << separator << label << '`';
      separator = ", `";
    }
    row << (metric.labels[0].empty() ? "| " : " | ") << metric.help << " |";
    rows.push_back(row.str());
  }
  return rows;
}

TEST(MetricsPage, ListsTheTableRowByRow) {
  EXPECT_EQ(Rows("Of each breaker"), RowsOfTable(MetricOwner::kBreaker));
  EXPECT_EQ(Rows("Of the registry"), RowsOfTable(MetricOwner::kRegistry));
}

// Returns the text without the indentation of its lines.
std::string Flush(const std::string& text) {
  return std::regex_replace(text, std::regex("(^|\n)[ \t]+"), "$1");
}

TEST(MetricsPage, EverySnippetIsARegionOfAProgram) {
  std::string programs;
  for (const char* file : {"examples/monitoring/monitored.cc",
                           "tests/prometheus/several_registries_test.cc"}) {
    programs += Flush(ReadFile(Root() / file));
  }
  const auto snippets = BlocksOf(Page(), "cpp");
  EXPECT_EQ(snippets.size(), 3u);
  for (const std::string& snippet : snippets) {
    EXPECT_NE(programs.find(Flush(snippet)), std::string::npos) << snippet;
  }
}

TEST(MetricsPage, NamesTheLabelsOfABreaker) {
  std::string text = Page();
  EXPECT_NE(text.find("`" + std::string(kRegistryLabel) + "`"),
            std::string::npos);
  for (const std::string_view label : kBreakerLabels) {
    EXPECT_NE(text.find("`" + std::string(label) + "`"), std::string::npos)
        << label;
  }
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
