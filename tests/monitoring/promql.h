// promql.h: finds the metrics and labels that a PromQL expression uses.
//
// It does not check the grammar, which is the task of promtool.

#ifndef FUSEBOX_TESTS_MONITORING_PROMQL_H_
#define FUSEBOX_TESTS_MONITORING_PROMQL_H_

#include <string>
#include <vector>

namespace fusebox {

// Returns what the expression uses that is not exported: metrics, labels, and
// values of labels that have a fixed set of values. `legend` may name labels as
// {{label}}.
std::vector<std::string> Unknown(const std::string& expression,
                                 const std::string& legend = "");

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_MONITORING_PROMQL_H_
