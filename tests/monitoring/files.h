// files.h: the expressions in examples/monitoring/.

#ifndef FUSEBOX_TESTS_MONITORING_FILES_H_
#define FUSEBOX_TESTS_MONITORING_FILES_H_

#include <filesystem>
#include <string>
#include <vector>

namespace fusebox {

// examples/monitoring/
const std::filesystem::path& MonitoringFolder();

std::string ReadText(const std::filesystem::path& path);

// One query of a panel, an alert or a variable.
struct Query {
  std::string where;  // the panel's or the alert's title
  std::string text;
  std::string legend;
};

// Of the dashboard: the panels' and the annotations'.
std::vector<Query> DashboardQueries();

// The metrics that the dashboard's variables take their values from, as
// expressions; `legend` names the label: "{{job}}".
std::vector<Query> DashboardVariables();

// Of the alert rules.
std::vector<Query> AlertQueries();

// With the dashboard's variables at "All", and these for $__rate_interval and
// $__range.
std::string WithoutVariables(std::string text, const std::string& interval,
                             const std::string& range);

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_MONITORING_FILES_H_
