#include "tools/replay/chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "fusebox/base/text.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"
#include "tools/replay/call_log.h"
#include "tools/replay/series.h"
#include "tools/replay/tally.h"
#include "tools/text/printable.h"

namespace fusebox::tool {
namespace {

// Lengths in pixels.
constexpr double kWidth = 1200;
constexpr double kLeft = 72;
constexpr double kRight = 28;
constexpr double kHeader = 96;
constexpr double kTitle = 34;  // above the plot
constexpr double kPlot = 150;
constexpr double kGap = 8;  // between the plot and the band of states
constexpr double kBand = 14;
constexpr double kAxis = 46;  // below the band
constexpr double kPanel = kTitle + kPlot + kGap + kBand + kAxis;
constexpr double kPlotWidth = kWidth - kLeft - kRight;

// The style has no custom properties, because some SVG renderers do not support
// them.
constexpr char kStyle[] = R"(
  text { font: 13px system-ui, "Segoe UI", "DejaVu Sans", sans-serif;
         fill: #1c2430; }
  .faint { fill: #66707f; font-size: 12px; }
  .name { font-size: 15px; font-weight: 600; }
  .title { font-size: 20px; font-weight: 600; }
  .end { text-anchor: end; } .middle { text-anchor: middle; }
  .paper { fill: #ffffff; } .grid { stroke: #e4e8ee; }
  .succeeded { fill: #3d8fb5; } .failed { fill: #c8323f; }
  .avoided { fill: #efb3b3; } .slow { fill: #c9a7d8; }
  .lost { fill: #e8a33d; }
  .CLOSED { fill: #cfe3d6; } .OPEN { fill: #c8323f; }
  .HALF_OPEN { fill: #e8a33d; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e7ebf1; } .faint { fill: #97a1b0; }
    .paper { fill: #14181f; } .grid { stroke: #2a313c; }
    .succeeded { fill: #4aa3cc; } .failed { fill: #e5525e; }
    .avoided { fill: #7b4248; } .slow { fill: #6c4f80; }
    .lost { fill: #f0b254; }
    .CLOSED { fill: #2c4a39; } .OPEN { fill: #e5525e; }
    .HALF_OPEN { fill: #f0b254; }
  }
)";

constexpr const char* kFates[kFateCount] = {"succeeded", "failed", "avoided",
                                            "slow", "lost"};

// Returns a length in pixels, rounded to a tenth.
std::string Px(double length) {
  return absl::StrCat(std::round(length * 10) / 10);
}

std::string Escaped(std::string_view text) {
  return absl::StrReplaceAll(Printable(text),
                             {{"&", "&amp;"}, {"<", "&lt;"}, {"\"", "&quot;"}});
}

std::string Text(double x, double y, const std::string& css,
                 std::string_view text) {
  return absl::StrCat("<text x=\"", Px(x), "\" y=\"", Px(y), "\" class=\"", css,
                      "\">", Escaped(text), "</text>\n");
}

std::string Box(double x, double y, double width, double height,
                const std::string& css) {
  return absl::StrCat("<rect x=\"", Px(x), "\" y=\"", Px(y), "\" width=\"",
                      Px(width), "\" height=\"", Px(height), "\" class=\"", css,
                      "\"/>\n");
}

// Returns a round number that divides an axis of length `max` into about
// `steps` steps.
double Step(double max, double steps) {
  const double raw = max / steps;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (raw <= factor * power) return factor * power;
  }
  return 10 * power;
}

// Returns the state to show if there is room for only one of the two.
State Graver(State a, State b) {
  const auto gravity = [](State state) {
    return state == State::kOpen ? 2 : state == State::kHalfOpen ? 1 : 0;
  };
  return gravity(a) < gravity(b) ? b : a;
}

// Time runs from left to right, and rates from bottom to top.
struct Scale {
  double seconds;  // the time of the whole width
  double rate;     // the rate of the whole height
  double bottom;

  double X(double s) const { return kLeft + s / seconds * kPlotWidth; }
  double Y(double r) const { return bottom - r / rate * kPlot; }
};

std::string Axes(const Scale& scale) {
  std::string out;
  const double rate_step = Step(scale.rate, 4);
  for (double rate = 0; rate <= scale.rate * 1.0001; rate += rate_step) {
    const std::string y = Px(scale.Y(rate));
    absl::StrAppend(&out, "<line class=\"grid\" x1=\"", Px(kLeft), "\" x2=\"",
                    Px(kWidth - kRight), "\" y1=\"", y, "\" y2=\"", y,
                    "\"/>\n");
    out += Text(kLeft - 8, scale.Y(rate) + 4, "faint end", absl::StrCat(rate));
  }
  const double time_step = Step(scale.seconds, 10);
  const double labels = scale.bottom + kGap + kBand + 18;
  for (double s = 0; s <= scale.seconds * 1.0001; s += time_step) {
    out += Text(scale.X(s), labels, "faint middle",
                absl::FormatDuration(absl::Seconds(s)));
  }
  return out;
}

// Draws the stacked columns of a series, with one path per fate.
std::string Columns(const Series& series, const Scale& scale) {
  const double width = static_cast<double>(series.width_us()) / 1e6;
  std::array<std::string, kFateCount> paths;
  for (size_t i = 0; i < series.bins().size(); ++i) {
    double below = 0;
    const double left = scale.X(static_cast<double>(i) * width);
    const double right =
        std::min(scale.X(static_cast<double>(i + 1) * width), kWidth - kRight);
    for (size_t fate = 0; fate < kFateCount; ++fate) {
      const double rate = static_cast<double>(series.bins()[i][fate]) / width;
      if (rate == 0) continue;
      const double top = below + rate;
      absl::StrAppend(&paths[fate], "M", Px(left), " ", Px(scale.Y(below)), "V",
                      Px(scale.Y(top)), "H", Px(right), "V", Px(scale.Y(below)),
                      "z");
      below = top;
    }
  }
  std::string out;
  for (size_t fate = 0; fate < kFateCount; ++fate) {
    if (paths[fate].empty()) continue;
    absl::StrAppend(&out, "<path class=\"", kFates[fate], "\" d=\"",
                    paths[fate], "\"/>\n");
  }
  return out;
}

double HighestRate(const Series& series) {
  uint64_t max = 1;
  for (const Series::Bin& bin : series.bins()) {
    uint64_t sum = 0;
    for (const uint64_t count : bin) sum += count;
    max = std::max(max, sum);
  }
  return static_cast<double>(max) /
         (static_cast<double>(series.width_us()) / 1e6);
}

// Draws each colour with its meaning, from left to right.
std::string Legend(double x, double y) {
  std::string out;
  for (const auto& [css, label] : {std::pair("succeeded", "succeeded"),
                                   {"failed", "failed"},
                                   {"avoided", "rejected: would have failed"},
                                   {"slow", "rejected: would have been slow"},
                                   {"lost", "rejected: would have succeeded"},
                                   {"CLOSED", "CLOSED"},
                                   {"OPEN", "OPEN"},
                                   {"HALF_OPEN", "HALF_OPEN"}}) {
    out += Box(x, y - 10, 12, 12, css);
    out += Text(x + 18, y, "faint", label);
    x += 37 + 6.6 * static_cast<double>(std::strlen(label));
  }
  return out;
}

Fate FateOf(const CallResult& result) {
  const bool failed = result.outcome == Outcome::kFailure;
  if (result.admitted) return failed ? Fate::kFailed : Fate::kSucceeded;
  if (failed) return Fate::kAvoided;
  return result.outcome == Outcome::kSuccess && result.slow ? Fate::kSlowAvoided
                                                            : Fate::kLost;
}

// Returns ", 12 slow avoided", or nothing if there was none.
std::string SlowAvoided(const Counts& counts) {
  if (counts.slow_avoided == 0) return "";
  return ", " + Grouped(counts.slow_avoided) + " slow avoided";
}

}  // namespace

Chart::Panel& Chart::Find(const std::string& key, int64_t t_us) {
  if (!origin_us_) origin_us_ = t_us;
  return panels_.try_emplace(key, Panel{Series(*origin_us_), {}}).first->second;
}

void Chart::OnTransition(int64_t t_us, const Transition& transition) {
  latest_us_ = std::max(latest_us_, t_us);
  if (transition.from == transition.to) return;
  Find(transition.breaker, t_us).changes.push_back({t_us, transition.to});
}

void Chart::OnCall(const RecordedCall& call, const Breaker* breaker,
                   const CallResult& result) {
  if (breaker == nullptr) return;
  latest_us_ = std::max(latest_us_, call.start_us);
  if (breaker != last_breaker_) {
    last_panel_ = &Find(breaker->name(), call.start_us);
    last_breaker_ = breaker;
  }
  last_panel_->series.Add(call.start_us, FateOf(result));
}

// Each column of pixels shows the gravest state of its time, so that the size
// of the picture does not grow with the number of changes.
std::string Chart::Band(const Panel& panel, double seconds, double y) const {
  constexpr auto kColumns = static_cast<size_t>(kPlotWidth);
  std::vector<State> columns(kColumns, State::kClosed);
  const auto column = [&](int64_t t_us) {
    const double s = static_cast<double>(t_us - *origin_us_) / 1e6;
    return std::min(static_cast<size_t>(s / seconds * kPlotWidth),
                    kColumns - 1);
  };
  size_t from = 0;
  State state = State::kClosed;
  const auto paint = [&](size_t until) {
    for (size_t i = from; i <= until; ++i) {
      columns[i] = Graver(columns[i], state);
    }
    from = until;
  };
  for (const Change& change : panel.changes) {
    paint(column(change.t_us));
    state = change.to;
  }
  paint(kColumns - 1);
  std::string out;
  for (size_t i = 0; i < kColumns;) {
    size_t end = i;
    while (end < kColumns && columns[end] == columns[i]) ++end;
    out += Box(kLeft + static_cast<double>(i), y, static_cast<double>(end - i),
               kBand, std::string(Name(columns[i])));
    i = end;
  }
  return out;
}

std::string Chart::Svg(const Tally& tally) const {
  const std::map<std::string, BreakerCounts> counts = tally.breakers();
  std::vector<const std::map<std::string, Panel>::value_type*> order;
  for (const auto& panel : panels_) order.push_back(&panel);
  const auto trouble = [&](const auto* panel) {
    const BreakerCounts& c = counts.at(panel->first);
    return std::pair(c.rejected + c.failures_admitted, c.calls);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](auto* a, auto* b) { return trouble(a) > trouble(b); });
  const size_t shown = std::min(order.size(), kMaxPanels);
  const double height = kHeader + kPanel * static_cast<double>(shown) +
                        (order.size() > shown ? 30 : 4);
  const int64_t origin_us = origin_us_.value_or(0);
  const double seconds =
      std::max(static_cast<double>(latest_us_ - origin_us) / 1e6, 1e-3);

  std::string svg = absl::StrCat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", Px(kWidth),
      " ", Px(height), "\" width=\"", Px(kWidth), "\" height=\"", Px(height),
      "\" role=\"img\">\n<style>", kStyle,
      "</style>\n<rect width=\"100%\" height=\"100%\" class=\"paper\"/>\n");
  const Counts& total = tally.total();
  svg += Text(kLeft - 44, 40, "title",
              Count(total.calls, "call") + ": " +
                  Count(total.failures_avoided, "failure") + " avoided" +
                  SlowAvoided(total) + ", " +
                  Count(total.lost(), "success", "es") + " lost");
  svg += Legend(kLeft - 44, 70);

  for (size_t i = 0; i < shown; ++i) {
    const auto& [key, panel] = *order[i];
    const BreakerCounts& c = counts.at(key);
    const double top = kHeader + kPanel * static_cast<double>(i);
    const double rate = HighestRate(panel.series);
    const double step = Step(rate, 4);
    const Scale scale = {seconds, std::ceil(rate / step) * step,
                         top + kTitle + kPlot};
    svg += Text(kLeft, top + 20, "name", key.empty() ? "(channel)" : key);
    svg += Text(kWidth - kRight, top + 20, "faint end",
                "calls per second; " + Grouped(c.failures_admitted) +
                    " failed, " + Grouped(c.failures_avoided) + " avoided" +
                    SlowAvoided(c) + ", " + Grouped(c.lost()) + " lost");
    svg += Axes(scale);
    svg += Columns(panel.series, scale);
    svg += Band(panel, seconds, scale.bottom + kGap);
  }
  if (order.size() > shown) {
    svg += Text(kLeft, height - 12, "faint",
                Count(order.size() - shown, "calmer breaker") + " not shown");
  }
  return svg + "</svg>\n";
}

}  // namespace fusebox::tool
