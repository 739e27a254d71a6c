// prometheus_server.h: a Prometheus of a test's own, with the config and the
// rules of examples/monitoring/.

#ifndef FUSEBOX_TESTS_MONITORING_PROMETHEUS_SERVER_H_
#define FUSEBOX_TESTS_MONITORING_PROMETHEUS_SERVER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/monitoring/child_process.h"

namespace fusebox {

// Looks until `done`, for two minutes. False if it never is.
bool Await(const std::function<bool()>& done);

// What the first group of `pattern` is in what the process prints, once it is
// there; empty if it ends before, or prints it not.
std::string AwaitOutput(ChildProcess& process, const std::string& pattern);

// The points of one series.
struct Series {
  std::map<std::string, std::string> labels;
  std::vector<double> values;
};

class PrometheusServer {
 public:
  // Scrapes that port of this machine so often, from now on.
  PrometheusServer(uint16_t port, std::chrono::milliseconds interval);

  // Whether it serves; the log says why not.
  bool serves() const { return port_ != 0; }
  std::string Log() const { return process_->Output(); }

  // The answer's `data`. Fails the test unless it is a success.
  nlohmann::json Ask(const std::string& path,
                     const std::map<std::string, std::string>& query = {});

  // The newest points, and those from the server's start until now.
  std::vector<Series> Now(const std::string& expression);
  std::vector<Series> History(const std::string& expression);

  // The same for a dashboard's query: its rates are over four scrapes.
  std::vector<Series> DashboardHistory(const std::string& query);

  // Whether it has scraped as often as it should, but for one time in four. A
  // machine may be too busy.
  bool KeptUp();

 private:
  std::string Interval(int scrapes = 1) const {
    return std::to_string(interval_.count() * scrapes) + "ms";
  }

  const std::chrono::milliseconds interval_;
  const TemporaryFolder folder_;
  const std::chrono::system_clock::time_point start_ =
      std::chrono::system_clock::now();
  std::unique_ptr<ChildProcess> process_;
  uint16_t port_ = 0;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_MONITORING_PROMETHEUS_SERVER_H_
