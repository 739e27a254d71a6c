#include "tools/replay/report.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/base/text.h"
#include "tools/replay/tally.h"
#include "tools/text/table.h"
#include "tools/text/time_text.h"

namespace fusebox::tool {
namespace {

std::vector<Cell> Row(const std::string& key, const BreakerCounts& counts) {
  std::vector<Cell> row = {{key.empty() ? "(channel)" : key}};
  for (const uint64_t count :
       {counts.calls, counts.admitted, counts.rejected, counts.would_reject,
        counts.failures_admitted, counts.failures_avoided, counts.slow_avoided,
        counts.lost(), counts.openings}) {
    row.push_back({Grouped(count)});
  }
  row.push_back(
      {DurationWords(std::chrono::microseconds(counts.not_closed_us))});
  return row;
}

std::string InWords(const Tally& tally) {
  const Counts& total = tally.total();
  std::string text = Count(total.calls, "call") + ": " +
                     Grouped(total.rejected) + " were rejected, and " +
                     Grouped(total.failures_admitted) + " failed.\n";
  const bool slow = total.slow_avoided != 0;
  text +=
      "Saved: " + Count(total.failures_avoided, "rejected call") +
      " would have failed" +
      (slow ? " and " + Grouped(total.slow_avoided) + " would have been slow"
            : "") +
      ", after waiting " +
      DurationWords(
          absl::ToChronoNanoseconds(absl::Seconds(total.avoided_wait_s))) +
      " in total.\n";
  text += "Cost: " + Count(total.lost(), "rejected call") +
          " would have succeeded" + (slow ? " in time" : "") + ".\n";
  if (total.would_reject != 0) {
    text += "Not enforced: in DRY_RUN, " + Count(total.would_reject, "call") +
            " passed that ENFORCE would have rejected.\n";
  }
  if (tally.unjudged() != 0) {
    text += "Exempt: " + Count(tally.unjudged(), "call") +
            " passed, because their services have no circuit breaker.\n";
  }
  return text;
}

}  // namespace

std::string Report(const Tally& tally) {
  std::vector<Column> columns = {{"BREAKER"}};
  for (const char* const heading :
       {"CALLS", "ADMITTED", "REJECTED", "WOULD REJECT", "FAILED", "AVOIDED",
        "SLOW AVOIDED", "LOST", "OPENINGS", "NOT CLOSED"}) {
    columns.push_back({heading, Cut::kEnd, 0, true});
  }
  Table table(std::move(columns));
  for (const auto& [key, counts] : tally.breakers()) {
    table.Add(Row(key, counts));
  }
  std::string text;
  for (const std::string& line : table.Lines({})) text += line + "\n";
  return text + "\n" + InWords(tally);
}

}  // namespace fusebox::tool
