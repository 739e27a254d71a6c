// files.h: reads the PromQL expressions in examples/monitoring/.

#ifndef FUSEBOX_TESTS_MONITORING_FILES_H_
#define FUSEBOX_TESTS_MONITORING_FILES_H_

#include <filesystem>
#include <string>
#include <vector>

namespace fusebox {

// Returns the folder examples/monitoring/.
const std::filesystem::path& MonitoringFolder();

// One query of a panel, an alert or a variable.
struct Query {
  std::string where;  // the title of the panel or the alert
  std::string text;
  std::string legend;
};

// Returns the queries of the dashboard's panels and annotations.
std::vector<Query> DashboardQueries();

// Returns the metrics from which the dashboard's variables take their values,
// as expressions. `legend` names the label: "{{job}}".
std::vector<Query> DashboardVariables();

// Returns the queries of the alert rules. Replaces the names of recorded series
// by their own queries.
std::vector<Query> AlertQueries();

// Replaces the dashboard's variables by "All", $__rate_interval by `interval`,
// and $__range by `range`.
std::string WithoutVariables(std::string text, const std::string& interval,
                             const std::string& range);

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_MONITORING_FILES_H_
