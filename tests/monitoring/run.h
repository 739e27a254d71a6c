// run.h: runs the command-line tools of Prometheus and of Alertmanager.

#ifndef FUSEBOX_TESTS_MONITORING_RUN_H_
#define FUSEBOX_TESTS_MONITORING_RUN_H_

#include <string>

namespace fusebox {

// Runs a command in the folder examples/monitoring/ and returns its standard
// output. If its exit code is not `code`, the test fails with its output.
std::string RunTool(const std::string& command, int code = 0);

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_MONITORING_RUN_H_
