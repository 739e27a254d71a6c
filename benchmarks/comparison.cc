#include "benchmarks/comparison.h"

#include <time.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

namespace fusebox {
namespace {

// The minimum number of clean turns, how many turns run at once, and after how
// many a comparison gives up.
constexpr size_t kFewest = 9;
constexpr size_t kTurnsAtOnce = 101;
constexpr size_t kMaxTurns = 5 * kTurnsAtOnce;

// Returns the nanoseconds per call.
double Cost(const Subject& subject, const Turn& turn) {
  const double start = Seconds(turn.clock);
  subject(turn.calls);
  return (Seconds(turn.clock) - start) * 1e9 / turn.calls;
}

}  // namespace

double Seconds(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) +
         static_cast<double>(now.tv_nsec) * 1e-9;
}

double Median(std::vector<double> values) {
  const auto middle =
      values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

Comparison::Comparison(const Subject& subject, const Subject& anchor,
                       const Turn& turn) {
  std::vector<double> costs;
  std::vector<double> anchor_costs;
  while (ratios.size() < kFewest && costs.size() < kMaxTurns) {
    for (size_t i = 0; i < kTurnsAtOnce; ++i) {
      anchor_costs.push_back(Cost(anchor, turn));
      costs.push_back(Cost(subject, turn));
    }
    const auto limit = [&](const std::vector<double>& of) {
      return turn.clean * *std::min_element(of.begin(), of.end());
    };
    nanoseconds.clear();
    ratios.clear();
    for (size_t i = 0; i < costs.size(); ++i) {
      if (costs[i] > limit(costs)) continue;
      if (anchor_costs[i] > limit(anchor_costs)) continue;
      nanoseconds.push_back(costs[i]);
      ratios.push_back(costs[i] / anchor_costs[i]);
    }
  }
  turns = costs.size();
}

std::string Note(const Comparison& comparison) {
  if (comparison.ratios.empty()) return "(no clean turn)";
  const double ns = Median(comparison.nanoseconds);
  char text[64];
  std::snprintf(text, sizeof(text), "(%.*f %s, %zu of %zu turns)",
                ns < 1000 ? 2 : 1, ns < 1000 ? ns : ns / 1000,
                ns < 1000 ? "ns" : "us", comparison.ratios.size(),
                comparison.turns);
  return text;
}

Table::Table() {
  std::printf("%-62s %7s  %-8s  %s\n", "what", "ratio", "promised", "");
}

void Table::Print(const std::string& goal, const std::vector<double>& ratios,
                  const char* relation, double limit, const std::string& note) {
  if (ratios.size() < kFewest) {
    std::printf("%-62s %7s  %s %-5g  %-12s %s\n", goal.c_str(), "-", relation,
                limit, "not measured", note.c_str());
    return;
  }
  const double ratio = Median(ratios);
  const bool pass = relation[0] == '<' ? ratio <= limit : ratio >= limit;
  failed_ |= !pass;
  std::printf("%-62s %7.2f  %s %-5g  %-12s %s\n", goal.c_str(), ratio, relation,
              limit, pass ? "pass" : "FAIL", note.c_str());
}

void Table::Print(const std::string& what, const std::vector<double>& ratios,
                  const std::string& note) {
  if (ratios.size() < kFewest) return;
  std::printf("%-62s %7.2f  %-8s  %-12s %s\n", what.c_str(), Median(ratios), "",
              "", note.c_str());
}

}  // namespace fusebox
