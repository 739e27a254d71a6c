// prometheus_server.h: runs a Prometheus for a test, with the config and the
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

// Polls `done` for at most two minutes. Returns false if it never returns true.
bool Await(const std::function<bool()>& done);

// Waits until the output of the process matches `pattern`. Returns the first
// group of the match, or "" if the process ends or the time is over before
// that.
std::string AwaitOutput(ChildProcess& process, const std::string& pattern);

// Sends GET to a server on this machine and returns the body. Returns "" if
// there is no reply or its status is not 200.
std::string HttpGet(uint16_t port, const std::string& path,
                    const std::map<std::string, std::string>& query = {});

// The points of one series.
struct Series {
  std::map<std::string, std::string> labels;
  std::vector<double> values;
};

class PrometheusServer {
 public:
  // Starts to scrape this port of this machine at this interval.
  PrometheusServer(uint16_t port, std::chrono::milliseconds interval);

  // Returns true if Prometheus is ready. If not, Log() contains the reason.
  bool serves() const { return port_ != 0; }
  std::string Log() const { return process_->Output(); }

  // Returns the `data` of the reply. The test fails if the reply is not a
  // success.
  nlohmann::json Ask(const std::string& path,
                     const std::map<std::string, std::string>& query = {});

  // Return the newest point, and all points since the server started.
  std::vector<Series> Now(const std::string& expression);
  std::vector<Series> History(const std::string& expression);

  // Does the same for a query of the dashboard. Its rates cover four scrapes.
  std::vector<Series> DashboardHistory(const std::string& query);

  // Returns true if at least three quarters of the scrapes have happened. A
  // busy machine may miss more.
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
