#include "tools/text/breaker_page.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

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

std::string Number(uint64_t count, const std::string& what) {
  return std::to_string(count) + " " + what;
}

// "120: OPEN 118, PROBES_BUSY 2"; "0".
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
  page->Fact("why", Printable(breaker.cause().empty() ? breaker.reason()
                                                      : breaker.cause()));
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
  page->Fact("calls", Number(totals.admitted(), "admitted: ") +
                          Number(totals.successes(), "successes, ") +
                          Number(totals.failures(), "failures, ") +
                          Number(totals.ignored(), "ignored, ") +
                          Number(totals.in_flight(), "in flight"));
  page->Fact("rejected", CountsText(totals.rejected()));
  if (!totals.not_enforced().empty()) {
    page->Fact("not enforced", CountsText(totals.not_enforced()));
  }
  std::string also;
  const auto add = [&](uint64_t count, const std::string& what) {
    if (count == 0) return;
    also += (also.empty() ? "" : ", ") + Number(count, what);
  };
  add(totals.abandoned(), "abandoned");
  add(totals.late(), "too late to count");
  add(totals.broken_streams(), "broken streams");
  add(totals.fallbacks(), "answered by a fallback");
  page->Fact("also", also);
  if (const uint32_t most = breaker.thresholds().max_concurrent_calls();
      most != 0) {
    page->Fact("bulkhead", std::to_string(breaker.concurrent_calls()) + "/" +
                               std::to_string(most) + " calls");
  }
  if (breaker.has_open_time()) {
    page->Fact("open time",
               DurationWords(ToDuration(breaker.open_time())) + " in all");
  }
}

void AddPolicy(const v1::Policy& policy, Page* page) {
  const std::vector<FieldText> fields = FieldTexts(policy);
  if (fields.empty()) return;
  page->Line(Paint("policy", Colour::kBold, page->style_));
  size_t width = 0;
  for (const FieldText& field : fields) {
    width = std::max(width, field.path.size());
  }
  for (const FieldText& field : fields) {
    page->Line("  " + field.path +
               std::string(width - field.path.size() + 2, ' ') +
               Printable(field.value));
  }
}

}  // namespace

std::string BreakerPage(const v1::GetBreakerResponse& response,
                        const Style& style) {
  Page page(style);
  page.Line(Paint(NameText(response.breaker().name()), Colour::kBold, style));
  AddState(response.breaker(), &page);
  AddTotals(response.breaker(), &page);
  AddPolicy(response.policy(), &page);
  if (response.events().empty()) return page.text_;
  page.Line(Paint("events", Colour::kBold, style));
  for (const v1::Event& event : response.events()) {
    page.Line("  " + TimeText(event.time()) + "  " +
              Paint(EventText(event), ColourOf(event), style));
  }
  return page.text_;
}

}  // namespace fusebox::tool
