#include "fusebox/log/internal/call_summary.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/base/internal/elapsed.h"
#include "fusebox/base/text.h"
#include "fusebox/core/types.h"
#include "fusebox/log/event_text.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/event.h"

namespace fusebox::internal {
namespace {

// Returns what happened, to write after a number. "@" stands for a plural.
std::string_view WhatHappened(const Event& event) {
  switch (event.type) {
    case EventType::kRejection:
      return event.enforced ? "call@ rejected"
                            : "call@ passed that would have been rejected";
    case EventType::kBrokenStream:
      return "stream@ broken";
    case EventType::kFallback:
      return "rejected call@ answered by a fallback";
    default:
      return "";
  }
}

// How many things of one kind there were, and to which breakers they happened.
struct Part {
  uint64_t total = 0;
  std::vector<std::pair<uint64_t, std::string>> shares;
};

std::string PartText(std::string_view what, Part part) {
  std::stable_sort(
      part.shares.begin(), part.shares.end(),
      [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string text = Grouped(part.total) + " " + std::string(what) + ": ";
  text.replace(text.find('@'), 1, part.total == 1 ? "" : "s");
  uint64_t rest = part.total;
  size_t named = 0;
  for (const auto& [count, whose] : part.shares) {
    if (named == CallSummary::kMaxNamed) break;
    text += (named++ == 0 ? "" : ", ") + Grouped(count) + " of " + whose;
    rest -= count;
  }
  if (rest > 0) {
    text += " and " + Grouped(rest) + " of " +
            std::to_string(part.shares.size() - named) + " more";
  }
  return text;
}

}  // namespace

void CallSummary::Add(const Event& event) {
  const std::string_view what = WhatHappened(event);
  if (what.empty()) return;
  if (empty()) {
    began_ = event.wall;
    first_ = last_ = event.at;
  }
  last_ = std::max(last_, event.at);
  const std::string_view kind =
      event.type == EventType::kRejection ? Name(event.reason) : "";
  counts_[{what, kind,
           event.breaker == nullptr ? BreakerName() : *event.breaker}] +=
      event.count;
}

Duration CallSummary::Age(TimePoint now) const {
  return empty() ? Duration::zero() : Elapsed(first_, now);
}

Duration CallSummary::Quiet(TimePoint now) const {
  return empty() ? Duration::zero() : Elapsed(last_, now);
}

std::string CallSummary::Text() const {
  std::map<std::string_view, Part> parts;
  for (const auto& [key, count] : counts_) {
    const auto& [what, kind, name] = key;
    Part& part = parts[what];
    part.total += count;
    part.shares.emplace_back(
        count, BreakerText(name) +
                   (kind.empty() ? "" : " (" + std::string(kind) + ")"));
  }
  const auto took =
      std::chrono::ceil<std::chrono::milliseconds>(Elapsed(first_, last_));
  std::string text;
  if (took > Duration::zero()) text = "in " + FormatDuration(took) + ": ";
  for (auto& [what, part] : parts) {
    if (&part != &parts.begin()->second) text += "; ";
    text += PartText(what, std::move(part));
  }
  return text;
}

}  // namespace fusebox::internal
