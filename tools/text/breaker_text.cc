#include "tools/text/breaker_text.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/base/text.h"
#include "fusebox/registry/breaker_name.h"
#include "tools/admin/name_of.h"
#include "tools/text/printable.h"
#include "tools/text/time_text.h"

namespace fusebox::tool {
namespace {

// Returns "37%" or "37.5%". Rounds down, so that a rate below its threshold
// never looks as if it had reached it.
std::string Percent(double ratio) {
  constexpr double kTenths = 1000;
  const auto tenths = static_cast<int64_t>(std::floor(ratio * kTenths + 1e-9));
  std::string text = std::to_string(tenths / 10);
  if (tenths % 10 != 0) text += "." + std::to_string(tenths % 10);
  return text + "%";
}

std::string RateText(uint32_t count, uint32_t calls, double threshold,
                     uint32_t minimum) {
  if (calls < minimum || calls == 0) {
    return "-/" + Percent(threshold) + " of " + std::to_string(calls) + " (" +
           std::to_string(minimum) + " needed)";
  }
  return Percent(static_cast<double>(count) / calls) + "/" +
         Percent(threshold) + " of " + std::to_string(calls);
}

// The name without its target, which has a column of its own. Nothing is cut,
// so that a user can copy the name.
std::string MethodText(const v1::BreakerName& name) {
  std::string text = name.method().empty() ? "every method" : name.method();
  if (!name.key().empty()) text += " [" + name.key() + "]";
  return text;
}

// Returns how long something has lasted `age` later.
Duration Later(Duration known, Duration age) {
  return known > Duration::max() - age ? known : known + age;
}

constexpr size_t kWide = 120;  // a terminal that shows the whole table
constexpr size_t kMinProcess = 8;
constexpr size_t kMinName = 16;
constexpr size_t kMinText = 10;

std::vector<Column> WideColumns() {
  return {
      {"PROCESS", Cut::kStart, kMinProcess},
      {"BREAKER", Cut::kStart, kMinName},
      {"TARGET", Cut::kEnd, kMinText},
      {"STATE"},
      {"FOR", Cut::kEnd, 0, true},
      {"MODE"},
      {"PROBE"},
      {"CALLS", Cut::kEnd, 0, true},
      {"REJECTED", Cut::kEnd, 0, true},
      {"FAILURES", Cut::kEnd, kMinText},
      {"WHY", Cut::kEnd, kMinText},
  };
}

std::vector<Column> NarrowColumns() {
  return {
      {"STATE"},
      {"FOR", Cut::kEnd, 0, true},
      {"MODE"},
      {"REJECTED", Cut::kEnd, 0, true},
      {"PROCESS", Cut::kStart, kMinProcess},
      {"BREAKER", Cut::kStart, kMinName},
  };
}

}  // namespace

std::string NameText(const v1::BreakerName& name) {
  return Printable(BreakerText(NameOf(name)));
}

std::string StateText(v1::State state) {
  const std::string name(v1::State_Name(state));
  return name.empty() ? "state " + std::to_string(state) : name;
}

Colour ColourOf(v1::State state) {
  switch (state) {
    case v1::OPEN:
      return Colour::kRed;
    case v1::HALF_OPEN:
      return Colour::kYellow;
    case v1::CLOSED:
      return Colour::kGreen;
    default:
      return Colour::kNone;
  }
}

std::string ModeName(v1::Policy::Mode mode) {
  const std::string name(v1::Policy::Mode_Name(mode));
  return name.empty() ? "mode " + std::to_string(mode) : name;
}

std::string ModeText(const v1::Breaker& breaker, Duration age) {
  std::string text = ModeName(breaker.mode());
  if (!breaker.has_operator_mode()) return text;
  text += "*";
  if (breaker.has_operator_mode_left()) {
    text += ", " +
            DurationWords(ToDuration(breaker.operator_mode_left()) - age) +
            " left";
  }
  return text;
}

std::string ProbeText(const v1::Breaker& breaker, Duration age) {
  if (breaker.mode() == v1::Policy::FORCED_OPEN ||
      breaker.mode() == v1::Policy::DISABLED) {
    return "";
  }
  if (breaker.state() == v1::HALF_OPEN) {
    return std::to_string(breaker.probes_in_flight()) + " in flight";
  }
  if (breaker.state() != v1::OPEN) return "";
  const Duration left = ToDuration(breaker.probe_in()) - age;
  return left <= Duration(0) ? "next call" : "in " + DurationWords(left);
}

std::string FailuresText(const v1::Breaker& breaker) {
  const v1::Thresholds& limits = breaker.thresholds();
  const v1::WindowCounts& window = breaker.window();
  if (breaker.state() == v1::HALF_OPEN) {
    return std::to_string(breaker.probe_successes()) + "/" +
           std::to_string(limits.successes_to_close()) + " probes succeeded";
  }
  if (breaker.state() != v1::CLOSED) return "";
  std::vector<std::string> parts;
  if (limits.consecutive_failures() != 0) {
    parts.push_back(std::to_string(breaker.consecutive_failures()) + "/" +
                    std::to_string(limits.consecutive_failures()) +
                    " in a row");
  }
  if (limits.failure_score() != 0) {
    parts.push_back("score " + std::to_string(breaker.failure_score()) + "/" +
                    std::to_string(limits.failure_score()));
  }
  if (limits.failure_rate() != 0) {
    parts.push_back(RateText(window.failures(), window.calls(),
                             limits.failure_rate(),
                             limits.failure_minimum_calls()));
  }
  if (limits.slow_call_rate() != 0) {
    parts.push_back("slow " + RateText(window.slow_calls(), window.calls(),
                                       limits.slow_call_rate(),
                                       limits.slow_minimum_calls()));
  }
  return absl::StrJoin(parts, ", ");
}

std::string SinceText(const v1::Breaker& breaker, Duration age) {
  if (!breaker.has_outage()) return InStateText(breaker, age);
  return DurationWords(Later(ToDuration(breaker.outage().duration()), age));
}

std::string InStateText(const v1::Breaker& breaker, Duration age) {
  if (!breaker.has_in_state()) return "";
  return DurationWords(Later(ToDuration(breaker.in_state()), age));
}

uint64_t Rejected(const v1::Totals& totals) {
  uint64_t sum = 0;
  for (const auto& reason : totals.rejected()) sum += reason.second;
  return sum;
}

std::string WhyText(const v1::Breaker& breaker) {
  if (!breaker.has_outage()) {
    return breaker.cause().empty() ? breaker.reason() : breaker.cause();
  }
  const v1::Outage& outage = breaker.outage();
  std::string text = outage.cause();
  if (!outage.last_cause().empty()) text += "; then " + outage.last_cause();
  return text;
}

std::string FirstWhyText(const v1::Breaker& breaker) {
  return breaker.has_outage() ? breaker.outage().cause() : WhyText(breaker);
}

BreakerTable::BreakerTable(const Style& style)
    : style_(style),
      narrow_(style.width != 0 && style.width < kWide),
      table_(narrow_ ? NarrowColumns() : WideColumns()) {}

size_t BreakerTable::LinesOf(const v1::Breaker& breaker,
                             const v1::Breaker* neighbour) const {
  if (!narrow_) return 1;
  const std::string why = FirstWhyText(breaker);
  if (neighbour != nullptr && FirstWhyText(*neighbour) == why) return 1;
  return 1 + Table::NoteLines(Printable(why), style_).size();
}

void BreakerTable::Add(const std::string& process, const v1::Breaker& breaker,
                       Duration age, bool fresh) {
  const v1::Policy::Mode mode = breaker.mode();
  const Colour mode_colour = mode == v1::Policy::FORCED_OPEN ? Colour::kRed
                             : mode == v1::Policy::ENFORCE   ? Colour::kNone
                                                             : Colour::kBlue;
  const Cell state = {StateText(breaker.state()), ColourOf(breaker.state())};
  const std::string since = SinceText(breaker, age);
  const std::string rejected = Grouped(Rejected(breaker.totals()));
  const bool is_plain = mode == v1::Policy::ENFORCE;
  const std::string mode_text = ModeText(breaker, age);
  const std::string why = WhyText(breaker);
  std::vector<Cell> row;
  if (narrow_) {
    row = {state,
           {since},
           {is_plain && !breaker.has_operator_mode() ? "" : mode_text,
            mode_colour},
           {rejected},
           {process},
           {MethodText(breaker.name())}};
  } else {
    row = {{process},
           {MethodText(breaker.name())},
           {breaker.name().target()},
           state,
           {since},
           {mode_text, mode_colour},
           {ProbeText(breaker, age)},
           {Grouped(breaker.totals().admitted())},
           {rejected},
           {FailuresText(breaker)},
           {why}};
  }
  if (!fresh) {
    for (Cell& cell : row) cell.colour = Colour::kDim;
  }
  table_.Add(std::move(row), narrow_ ? FirstWhyText(breaker) : "");
}

std::string EventText(const v1::Event& event) {
  if (!event.text().empty()) return Printable(event.text());
  std::string text = event.type();
  if (event.has_breaker()) text = NameText(event.breaker()) + ": " + text;
  if (event.type() == "TRANSITION") {
    text += " " + StateText(event.from()) + " -> " + StateText(event.to());
  }
  return Printable(text);
}

Colour ColourOf(const v1::Event& event) {
  if (event.type() == "TRANSITION") return ColourOf(event.to());
  return event.type() == "CONFIG_REFUSED" ? Colour::kRed : Colour::kNone;
}

}  // namespace fusebox::tool
