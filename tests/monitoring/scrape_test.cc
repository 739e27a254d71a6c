// scrape_test.cc: a real Prometheus scrapes the outage example. Then the
// queries of the dashboard return what happened in the outage.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "tests/monitoring/child_process.h"
#include "tests/monitoring/files.h"
#include "tests/monitoring/prometheus_server.h"

namespace fusebox {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Gt;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Key;
using testing::Not;
using testing::SizeIs;

const std::string kPrefix = "grpc_client_circuit_breaker_";

// Maps texts like "CLOSED -> OPEN" to how often the example printed them.
std::map<std::string, double> TransitionsIn(const std::string& output) {
  std::map<std::string, double> counts;
  static const std::regex line("breaker ([A-Z_]+ -> [A-Z_]+): ");
  for (std::sregex_iterator it(output.begin(), output.end(), line), end;
       it != end; ++it) {
    ++counts[(*it)[1]];
  }
  return counts;
}

// Returns the samples of /metrics whose names begin with the prefix. The key is
// all the text before the value.
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

using Histories = std::map<std::string, Series>;

// Returns the histories of one panel's queries, by the label that distinguishes
// the series.
Histories Panel(PrometheusServer& prometheus, const std::string& title,
                const std::string& label) {
  Histories all;
  for (const Query& query : DashboardQueries()) {
    if (query.where != title) continue;
    for (const Series& series : prometheus.DashboardHistory(query.text)) {
      const auto value = series.labels.find(label);
      all[value == series.labels.end() ? query.legend : value->second] = series;
    }
  }
  return all;
}

// Returns the query for the series of a sample. Prometheus 3 stores le="1" as
// le="1.0".
std::string QueryFor(const std::string& sample) {
  static const std::regex kWholeBound("le=\"([0-9]+)\"");
  return std::regex_replace(sample, kWholeBound, "le=~\"$1(\\\\.0)?\"");
}

// Expects that the last scrape has the current values of all counters.
void ExpectAllScraped(PrometheusServer& prometheus, uint16_t port) {
  const auto last = Samples(HttpGet(port, "/metrics"));
  ASSERT_THAT(last, SizeIs(Gt(50u)));
  std::string behind;
  ASSERT_TRUE(Await([&] {
    return std::all_of(last.begin(), last.end(), [&](const auto& sample) {
      behind = sample.first;
      const std::vector<Series> now = prometheus.Now(QueryFor(sample.first));
      return now.size() == 1 &&
             now[0].values == std::vector<double>{sample.second};
    });
  })) << behind
      << prometheus.Log();
}

void ExpectTransitionsAs(const std::string& output,
                         PrometheusServer& prometheus) {
  const auto told = TransitionsIn(output);
  EXPECT_THAT(told, Contains(Key("CLOSED -> OPEN"))) << output;
  std::map<std::string, double> counted;
  for (const Series& series : prometheus.Now("sum by (from, to) (" + kPrefix +
                                             "transitions_total) > 0")) {
    counted[series.labels.at("from") + " -> " + series.labels.at("to")] =
        series.values.at(0);
  }
  EXPECT_EQ(counted, told);
}

void ExpectRulesEvaluated(PrometheusServer& prometheus) {
  const nlohmann::json rules = prometheus.Ask("/api/v1/rules");
  size_t alerts = 0;
  for (const auto& group : rules.at("groups")) {
    for (const auto& rule : group.at("rules")) {
      EXPECT_NE(rule.at("health"), "err") << rule;
      if (rule.at("type") == "alerting") ++alerts;
    }
  }
  EXPECT_EQ(alerts, AlertQueries().size());
}

// Requires that Prometheus kept up.
void ExpectPanelsShowTheOutage(PrometheusServer& prometheus) {
  const Histories states = Panel(prometheus, "State", "grpc_method");
  ASSERT_THAT(states, ElementsAre(Key("Greet")));
  const std::vector<double>& state = states.at("Greet").values;
  EXPECT_EQ(state.front(), 0) << "CLOSED";
  EXPECT_THAT(state, Contains(2)) << "OPEN";
  EXPECT_EQ(state.back(), 0) << "CLOSED again";

  const Histories calls = Panel(prometheus, "Calls by outcome", "outcome");
  for (const char* outcome : {"SUCCESS", "FAILURE", "REJECTED"}) {
    ASSERT_EQ(calls.count(outcome), 1u) << outcome;
    EXPECT_GT(Most(calls.at(outcome)), 0) << outcome;
  }
  for (const char* over : {"FAILURE", "REJECTED"}) {
    EXPECT_TRUE(Await([&] {
      return Panel(prometheus, "Calls by outcome", "outcome")
                 .at(over)
                 .values.back() == 0;
    })) << over;
  }
  EXPECT_THAT(Panel(prometheus, "Rejections by reason", "reason"),
              Contains(Key("OPEN")));
  EXPECT_THAT(Panel(prometheus, "Probes", "outcome"), Contains(Key("SUCCESS")));
  EXPECT_THAT(Panel(prometheus, "Calls that failed, by status code", "code"),
              Not(IsEmpty()));
  EXPECT_THAT(Panel(prometheus, "Transitions", "to"),
              IsSupersetOf({Key("OPEN"), Key("CLOSED")}));
  EXPECT_THAT(Panel(prometheus, "Time spent open", "grpc_method"), SizeIs(1));
  EXPECT_THAT(Panel(prometheus, "Latency of calls that passed", ""), SizeIs(3));
}

// The scrape interval, and how long the server is down.
struct Pace {
  std::chrono::milliseconds scrape_interval;
  const char* outage;
};

// Runs one outage. Returns true if Prometheus kept up, so that it saw
// everything.
bool Live(const Pace& pace) {
  const TemporaryFolder folder;
  ChildProcess outage({"env", "NO_COLOR=1", FUSEBOX_OUTAGE, "--metrics", "0",
                       "--outage", pace.outage},
                      folder.path() / "outage");
  const std::string address =
      AwaitOutput(outage, "http://127.0.0.1:([0-9]+)/metrics");
  EXPECT_THAT(address, Not(IsEmpty())) << outage.Output();
  if (address.empty()) return true;
  const auto port = static_cast<uint16_t>(std::stoi(address));
  // The example waits for the first scrape before it begins.
  PrometheusServer prometheus(port, pace.scrape_interval);
  EXPECT_TRUE(prometheus.serves()) << prometheus.Log();
  const bool over =
      !AwaitOutput(outage, "\n(Metrics are served until)").empty();
  EXPECT_TRUE(over) << outage.Output();
  if (!prometheus.serves() || !over) return true;

  // From here on no value changes.
  ExpectAllScraped(prometheus, port);
  ExpectTransitionsAs(outage.Output(), prometheus);
  ExpectRulesEvaluated(prometheus);
  for (const Query& query : DashboardQueries()) {
    prometheus.DashboardHistory(query.text);  // the query must succeed
  }
  const bool kept_up = prometheus.KeptUp();
  if (kept_up) ExpectPanelsShowTheOutage(prometheus);
  EXPECT_EQ(outage.Terminate(), 0) << outage.Output();
  return kept_up;
}

TEST(Scrape, TheDashboardShowsTheOutageAsItHappened) {
  using std::chrono::milliseconds;
  for (const Pace& pace :
       {Pace{milliseconds(500), "2"}, Pace{milliseconds(1000), "5"},
        Pace{milliseconds(2000), "12"}}) {
    if (Live(pace) || HasFailure()) return;
  }
  FAIL() << "no Prometheus kept up on this machine";
}

}  // namespace
}  // namespace fusebox
