// scrape_test.cc: a real Prometheus scrapes the outage example, and the
// dashboard's own queries return the outage as it happened.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "tests/monitoring/child_process.h"
#include "tests/monitoring/files.h"
#include "tests/monitoring/http.h"
#include "tests/monitoring/prometheus_server.h"

namespace fusebox {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Gt;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const std::string kPrefix = "grpc_client_circuit_breaker_";

// "CLOSED -> OPEN" -> how often the example printed it.
std::map<std::string, double> TransitionsIn(const std::string& output) {
  std::map<std::string, double> counts;
  static const std::regex line("breaker ([A-Z_]+ -> [A-Z_]+): ");
  for (std::sregex_iterator it(output.begin(), output.end(), line), end;
       it != end; ++it) {
    ++counts[(*it)[1]];
  }
  return counts;
}

// The samples of /metrics whose names begin with the prefix, by all that
// stands before the value.
std::map<std::string, double> Samples(const std::string& text) {
  std::map<std::string, double> samples;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const size_t space = line.rfind(' ');
    if (line.rfind(kPrefix, 0) != 0) continue;
    samples[line.substr(0, space)] = std::stod(line.substr(space));
  }
  return samples;
}

double Most(const Series& series) {
  return *std::max_element(series.values.begin(), series.values.end());
}

class Scrape : public testing::Test {
 protected:
  // The histories of one panel's queries, by what distinguishes a series.
  std::map<std::string, Series> Panel(PrometheusServer& prometheus,
                                      const std::string& title,
                                      const std::string& label) {
    std::map<std::string, Series> all;
    for (const Query& query : DashboardQueries()) {
      if (query.where != title) continue;
      for (const Series& series :
           prometheus.History(WithoutVariables(query.text, "2s", "5m"))) {
        const auto value = series.labels.find(label);
        all[value == series.labels.end() ? query.legend : value->second] =
            series;
      }
    }
    return all;
  }

  const TemporaryFolder folder_;
};

TEST_F(Scrape, TheDashboardShowsTheOutageAsItHappened) {
  ChildProcess outage({"/usr/bin/env", "NO_COLOR=1", FUSEBOX_OUTAGE,
                       "--metrics", "0", "--outage", "2"},
                      folder_.path() / "outage");
  const std::string port =
      AwaitOutput(outage, "http://127.0.0.1:([0-9]+)/metrics");
  ASSERT_THAT(port, Not(IsEmpty())) << outage.Output();
  PrometheusServer prometheus(static_cast<uint16_t>(std::stoi(port)));
  ASSERT_TRUE(prometheus.serves()) << prometheus.Log();
  // The story begins with the first scrape.
  ASSERT_TRUE(Await([&] {
    return !AwaitOutput(outage, "\n(Metrics are served until)").empty() ||
           !outage.IsRunning();
  }));
  ASSERT_TRUE(outage.IsRunning()) << outage.Output();

  // Nothing changes any more; Prometheus has it all once it has the last of it.
  const std::map<std::string, double> last =
      Samples(HttpGet(static_cast<uint16_t>(std::stoi(port)), "/metrics"));
  ASSERT_THAT(last, SizeIs(Gt(50u)));
  std::string behind;
  ASSERT_TRUE(Await([&] {
    behind.clear();
    std::map<std::string, double> scraped;
    for (const auto& [name, value] : last) {
      const std::vector<Series> now = prometheus.Now(name);
      if (now.size() == 1 && now[0].values == std::vector<double>{value}) {
        continue;
      }
      behind = name;
      return false;
    }
    return true;
  })) << behind
      << prometheus.Log();

  // What the example itself reports.
  const auto told = TransitionsIn(outage.Output());
  ASSERT_THAT(told, Contains(testing::Key("CLOSED -> OPEN")));
  std::map<std::string, double> counted;
  for (const Series& series : prometheus.Now("sum by (from, to) (" + kPrefix +
                                             "transitions_total) > 0")) {
    counted[series.labels.at("from") + " -> " + series.labels.at("to")] =
        series.values.at(0);
  }
  EXPECT_EQ(counted, told);

  // Every query of the dashboard is answered; and what the panels show is:
  for (const Query& query : DashboardQueries()) {
    prometheus.History(WithoutVariables(query.text, "2s", "5m"));
  }
  const auto states = Panel(prometheus, "State", "grpc_method");
  ASSERT_THAT(states, SizeIs(1));
  const std::vector<double>& state = states.at("Greet").values;
  EXPECT_THAT(state, Contains(2)) << "OPEN";
  EXPECT_EQ(state.front(), 0) << "CLOSED at first";
  EXPECT_EQ(state.back(), 0) << "CLOSED again";

  const auto calls = Panel(prometheus, "Calls by outcome", "outcome");
  for (const char* outcome : {"SUCCESS", "FAILURE", "REJECTED"}) {
    ASSERT_EQ(calls.count(outcome), 1u) << outcome;
    EXPECT_GT(Most(calls.at(outcome)), 0) << outcome;
    EXPECT_TRUE(std::string(outcome) == "SUCCESS" ||
                calls.at(outcome).values.back() == 0)
        << outcome;
  }
  const auto codes =
      Panel(prometheus, "Calls that failed, by status code", "code");
  EXPECT_THAT(codes, Contains(testing::Key("UNAVAILABLE")));
  const auto reasons = Panel(prometheus, "Rejections by reason", "reason");
  EXPECT_THAT(reasons, Contains(testing::Key("OPEN")));
  const auto probes = Panel(prometheus, "Probes", "outcome");
  EXPECT_THAT(probes, Contains(testing::Key("SUCCESS")));
  const auto open = Panel(prometheus, "Time spent open", "grpc_method");
  EXPECT_THAT(open, SizeIs(1));
  const auto latency = Panel(prometheus, "Latency of calls that passed", "");
  EXPECT_THAT(latency, SizeIs(3));

  // The rules of the alerts are evaluated.
  size_t alerts = 0;
  const nlohmann::json rules = prometheus.Ask("/api/v1/rules");
  for (const auto& group : rules.at("groups")) {
    for (const auto& rule : group.at("rules")) {
      EXPECT_NE(rule.at("health"), "err") << rule;
      ++alerts;
    }
  }
  EXPECT_EQ(alerts, AlertQueries().size());

  EXPECT_EQ(outage.Terminate(), 0) << outage.Output();
}

}  // namespace
}  // namespace fusebox
