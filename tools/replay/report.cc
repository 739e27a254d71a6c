#include "tools/replay/report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "tools/replay/tally.h"

namespace fusebox::tool {
namespace {

using Row = std::vector<std::string>;

// Formats 1234567 as "1,234,567".
std::string Grouped(uint64_t number) {
  std::string text = std::to_string(number);
  for (size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

// Formats a duration like "1h 02m", "3m 20s" or "12.5s".
std::string Span(double seconds) {
  std::array<char, 32> text;
  const auto whole = static_cast<int64_t>(std::llround(seconds));
  if (whole >= 3600) {
    std::snprintf(text.data(), text.size(), "%lldh %02lldm",
                  static_cast<long long>(whole / 3600),
                  static_cast<long long>(whole / 60 % 60));
  } else if (whole >= 60) {
    std::snprintf(text.data(), text.size(), "%lldm %02llds",
                  static_cast<long long>(whole / 60),
                  static_cast<long long>(whole % 60));
  } else {
    std::snprintf(text.data(), text.size(), "%.1fs", seconds);
  }
  return text.data();
}

std::string Calls(uint64_t count) {
  return Grouped(count) + (count == 1 ? " call" : " calls");
}

// Aligns the first column to the left and the numbers to the right.
std::string Table(const std::vector<Row>& rows) {
  std::vector<size_t> widths(rows[0].size());
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  std::string text;
  for (const Row& row : rows) {
    text += row[0] + std::string(widths[0] - row[0].size(), ' ');
    for (size_t i = 1; i < row.size(); ++i) {
      text += "  " + std::string(widths[i] - row[i].size(), ' ') + row[i];
    }
    text += "\n";
  }
  return text;
}

Row CountColumns(std::string name, const Counts& counts) {
  return {std::move(name),
          Grouped(counts.calls),
          Grouped(counts.admitted),
          Grouped(counts.rejected),
          Grouped(counts.would_reject),
          Grouped(counts.failures_admitted),
          Grouped(counts.failures_avoided),
          Grouped(counts.successes_rejected)};
}

Row BreakerRow(const std::string& key, const BreakerCounts& counts) {
  Row row = CountColumns(key.empty() ? "(channel)" : key, counts);
  row.push_back(Grouped(counts.openings));
  row.push_back(Span(static_cast<double>(counts.not_closed_us) / 1e6));
  return row;
}

std::string InWords(const Tally& tally) {
  const Counts& total = tally.total();
  std::string text = Calls(total.calls) + ": " + Grouped(total.rejected) +
                     " rejected, " + Grouped(total.failures_admitted) +
                     " failed.\n";
  text += "Saved: " + Calls(total.failures_avoided) +
          " that would have failed, after waiting " +
          Span(total.avoided_wait_s) + " in all.\n";
  text += "Cost: " + Calls(total.successes_rejected) +
          " that would have succeeded.\n";
  if (total.would_reject != 0) {
    text += "Not enforced (DRY_RUN): " + Calls(total.would_reject) +
            " that would have been rejected.\n";
  }
  if (tally.unjudged() != 0) {
    text += "Never broken: " + Calls(tally.unjudged()) +
            " of services that no breaker judges.\n";
  }
  return text;
}

}  // namespace

std::string Report(const Tally& tally) {
  std::vector<Row> rows = {{"BREAKER", "CALLS", "ADMITTED", "REJECTED",
                            "WOULD REJECT", "FAILED", "AVOIDED", "LOST",
                            "OPENINGS", "NOT CLOSED"}};
  for (const auto& [key, counts] : tally.breakers()) {
    rows.push_back(BreakerRow(key, counts));
  }
  return Table(rows) + "\n" + InWords(tally);
}

}  // namespace fusebox::tool
