// promql.h: finds the metrics and labels that a PromQL expression uses.
//
// It does not check the grammar, which is the task of promtool.

#ifndef FUSEBOX_TESTS_MONITORING_PROMQL_H_
#define FUSEBOX_TESTS_MONITORING_PROMQL_H_

#include <string>
#include <vector>

namespace fusebox {

struct LabelMatcher {
  std::string label;
  std::string op;  // "=", "!=", "=~", "!~"
  std::string value;
};

// One metric with its matchers: `name{label="value"}`.
struct Selector {
  std::string metric;
  std::vector<LabelMatcher> matchers;
};

struct Expression {
  std::vector<Selector> selectors;
  std::vector<std::string> grouping;  // the labels in by, without, on, ...
};

Expression ReadExpression(const std::string& text);

// Returns what the expression uses that is not exported: metrics, labels, and
// values of labels that have a fixed set of values. `legend` may name labels as
// {{label}}.
std::vector<std::string> Unknown(const std::string& expression,
                                 const std::string& legend = "");

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_MONITORING_PROMQL_H_
