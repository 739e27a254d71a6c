#include "tools/text/breaker_page.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "fusebox/base/clock.h"
#include "google/protobuf/map.h"
#include "tools/fusebox/policy_table_text.h"
#include "tools/text/breaker_text.h"
#include "tools/text/printable.h"
#include "tools/text/time_text.h"

namespace fusebox::tool {
namespace {

using Counts = google::protobuf::Map<std::string, uint64_t>;

// Returns "120: OPEN 118, PROBES_BUSY 2", or "0".
std::string CountsText(const Counts& counts) {
  std::vector<std::string> parts;
  uint64_t sum = 0;
  for (const auto& [reason, count] : counts) {
    parts.push_back(Printable(reason) + " " + std::to_string(count));
    sum += count;
  }
  std::sort(parts.begin(), parts.end());
  return std::to_string(sum) + (parts.empty() ? "" : ": ") +
         absl::StrJoin(parts, ", ");
}

class Page {
 public:
  explicit Page(const Style& style) : style_(style) {}

  void Line(const std::string& text) { text_ += text + "\n"; }

  void Fact(const std::string& name, const std::string& value,
            Colour colour = Colour::kNone) {
    constexpr size_t kWidth = 14;
    if (value.empty()) return;
    Line("  " + name + std::string(kWidth - name.size(), ' ') +
         Paint(value, colour, style_));
  }

  std::string text_;

 private:
  const Style& style_;
};

void AddState(const v1::Breaker& breaker, Page* page) {
  std::string state = StateText(breaker.state());
  if (breaker.has_in_state()) {
    state += " for " + InStateText(breaker, Duration(0));
  }
  if (breaker.has_since()) state += ", since " + TimeText(breaker.since());
  if (breaker.openings() > 1) {
    state += ", opening " + std::to_string(breaker.openings()) + " in a row";
  }
  page->Fact("state", state, ColourOf(breaker.state()));
  page->Fact("why", Printable(WhyText(breaker)));
  page->Fact("next probe", ProbeText(breaker, Duration(0)));
  std::string mode = ModeName(breaker.mode());
  if (breaker.has_operator_mode()) {
    mode += ", set by an operator";
    if (breaker.has_operator_mode_left()) {
      mode += ", " + DurationWords(ToDuration(breaker.operator_mode_left())) +
              " left";
    }
  }
  page->Fact("mode", mode);
  page->Fact("failures", FailuresText(breaker));
}

void AddTotals(const v1::Breaker& breaker, Page* page) {
  const v1::Totals& totals = breaker.totals();
  page->Fact("calls",
             absl::StrCat(totals.admitted(), " admitted: ", totals.successes(),
                          " successes, ", totals.failures(), " failures, ",
                          totals.ignored(), " ignored, ", totals.in_flight(),
                          " in flight"));
  page->Fact("rejected", CountsText(totals.rejected()));
  if (!totals.not_enforced().empty()) {
    page->Fact("not enforced", CountsText(totals.not_enforced()));
  }
  std::vector<std::string> also;
  for (const auto& [count, what] :
       {std::pair(totals.abandoned(), " abandoned"),
        {totals.late(), " ended too late to count"},
        {totals.broken_streams(), " broken streams"},
        {totals.fallbacks(), " answered by a fallback"}}) {
    if (count != 0) also.push_back(absl::StrCat(count, what));
  }
  page->Fact("also", absl::StrJoin(also, ", "));
  if (const uint32_t max = breaker.thresholds().max_concurrent_calls();
      max != 0) {
    page->Fact("bulkhead",
               absl::StrCat(breaker.concurrent_calls(), "/", max, " calls"));
  }
  if (breaker.has_open_time()) {
    page->Fact("open time",
               DurationWords(ToDuration(breaker.open_time())) + " in total");
  }
}

}  // namespace

std::string BreakerPage(const v1::GetBreakerResponse& response,
                        const Style& style) {
  Page page(style);
  page.Line(Paint(NameText(response.breaker().name()), Colour::kBold, style));
  AddState(response.breaker(), &page);
  AddTotals(response.breaker(), &page);
  if (response.has_policy()) {
    page.Line(Paint("policy", Colour::kBold, style));
    const std::vector<FieldText> fields = FieldTexts(response.policy());
    page.text_ += FieldLines(fields, fields);
  }
  if (response.events().empty()) return page.text_;
  page.Line(Paint("events", Colour::kBold, style));
  for (const v1::Event& event : response.events()) {
    page.Line("  " + TimeText(event.time()) + "  " +
              Paint(EventText(event), ColourOf(event), style));
  }
  return page.text_;
}

}  // namespace fusebox::tool
