// promql.h: which metrics and labels an expression of PromQL names.
//
// No check of its grammar: that is promtool's.

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
  std::vector<std::string> grouping;  // labels in by, without, on, ...
};

Expression ReadExpression(const std::string& text);

// What in it is not exported: metrics, labels, values of labels that only have
// certain ones. `legend` may name labels as {{label}}.
std::vector<std::string> Unknown(const std::string& expression,
                                 const std::string& legend = "");

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_MONITORING_PROMQL_H_
