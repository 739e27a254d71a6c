// metrics_test.cc: docs/metrics.md against the table of metrics.

#include <gtest/gtest.h>

#include <regex>
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

}  // namespace
}  // namespace fusebox
