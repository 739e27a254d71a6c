// recorded_outage_test.cc: which alerts fire when, for outages that are played
// with real breakers and recorded as Prometheus scrapes them.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/core/types.h"
#include "fusebox/policy/policy.h"
#include "tests/monitoring/child_process.h"
#include "tests/monitoring/files.h"
#include "tests/monitoring/fleet.h"
#include "tests/monitoring/run.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;

// An alert that fires from one scrape to another one, without it.
struct Firing {
  std::string name;
  std::string severity;
  Duration from;
  Duration to;
};

const char kOfService[] =
    "grpc_service=\"shop.v1.Cart\",grpc_target=\"cart:443\",";

std::string Seconds(Duration time) {
  return std::to_string(time / std::chrono::seconds(1)) + "s";
}

// Runs promtool with what the fleet recorded and these checks.
void RunTest(const Fleet& fleet, const std::string& checks) {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "test.yml").string();
  std::ofstream(file) << "rule_files: ['"
                      << (MonitoringFolder() / "alerts.yml").string()
                      << "']\nevaluation_interval: 15s\ntests:\n"
                      << "  - interval: 15s\n    input_series:\n"
                      << fleet.InputSeries() << checks;
  RunTool("promtool test rules '" + file + "'");
}

// Expects that these alerts fire at these times, and no others at any time.
void ExpectAlerts(const Fleet& fleet, const std::vector<Firing>& alerts,
                  const std::string& labels = kOfService) {
  std::ostringstream checks;
  checks << "    promql_expr_test:\n";
  for (Duration at = 0s; at <= fleet.time(); at += Fleet::kScrapeInterval) {
    checks << "      - expr: 'ALERTS{alertstate=\"firing\"}'\n"
           << "        eval_time: " << Seconds(at) << "\n"
           << "        exp_samples:\n";
    for (const Firing& alert : alerts) {
      if (at < alert.from || at >= alert.to) continue;
      checks << "          - labels: 'ALERTS{alertname=\"" << alert.name
             << "\",alertstate=\"firing\"," << labels
             << "job=\"shop\",severity=\"" << alert.severity << "\"}'\n"
             << "            value: 1\n";
    }
  }
  RunTest(fleet, checks.str());
}

class RecordedOutage : public testing::TestWithParam<bool> {
 protected:
  static Policy TestedPolicy() {
    return GetParam() ? Policy::Responsive() : Policy::Classic();
  }
};

INSTANTIATE_TEST_SUITE_P(, RecordedOutage, testing::Bool(),
                         [](const auto& preset) {
                           return preset.param ? "Responsive" : "Classic";
                         });

// Circuits open within two seconds of the beginning of an outage, so that the
// seventh scrape shows one of 90 seconds.
constexpr Duration kNoticed = 105s;

TEST_P(RecordedOutage, OfOneBackendIsOneAlert) {
  Fleet fleet(TestedPolicy());
  fleet.Play(5min, Fleet::Works);
  fleet.Play(10min, Fleet::Fails);
  fleet.PlayUntilClosed(Fleet::Works);
  const Duration closed = fleet.time();
  fleet.Play(20min, Fleet::Works);
  fleet.CloseChannels();
  fleet.Play(5min, Fleet::Works);
  ExpectAlerts(fleet,
               {{"FuseboxCircuitOpen", "critical", 5min + kNoticed, closed}});
}

TEST_P(RecordedOutage, ThatFallbacksAnswerWakesNobody) {
  Fleet fleet(TestedPolicy());
  fleet.UseFallbacks();
  fleet.Play(5min, Fleet::Works);
  fleet.Play(10min, Fleet::Fails);
  fleet.PlayUntilClosed(Fleet::Works);
  const Duration closed = fleet.time();
  fleet.Play(20min, Fleet::Works);
  ExpectAlerts(
      fleet, {{"FuseboxFallbackAnswers", "warning", 5min + kNoticed, closed}});
}

TEST_P(RecordedOutage, ThatIsShortIsNoAlert) {
  Fleet fleet(TestedPolicy());
  fleet.Play(5min, Fleet::Works);
  fleet.Play(45s, Fleet::Fails);
  fleet.Play(20min, Fleet::Works);
  ExpectAlerts(fleet, {});
}

// A circuit has no timers: without calls it stays OPEN for ever.
TEST_P(RecordedOutage, IsOverAlthoughSomeMethodsAreNotCalledAnyMore) {
  Fleet fleet(TestedPolicy());
  fleet.Play(5min, Fleet::Works);
  fleet.Play(10min, Fleet::Fails);
  fleet.StopCalling("Checkout");
  fleet.Play(20min, Fleet::Works);
  ExpectAlerts(fleet, {{"FuseboxCircuitOpen", "critical", 5min + kNoticed,
                        15min + 15min}});
}

TEST_P(RecordedOutage, UnderDryRunIsNotReportedAsOne) {
  Policy policy = TestedPolicy();
  policy.mode = Mode::kDryRun;
  Fleet fleet(policy);
  fleet.Play(5min, Fleet::Works);
  fleet.Play(10min, Fleet::Fails);
  fleet.PlayUntilClosed(Fleet::Works);
  const Duration closed = fleet.time();
  fleet.Play(30min, Fleet::Works);
  fleet.CloseChannels();
  fleet.Play(5min, Fleet::Works);
  ExpectAlerts(fleet, {{"FuseboxDryRunWouldReject", "info", 5min + 15s,
                        closed + 15min}});
}

TEST_P(RecordedOutage, IsNotReportedWhileAnOperatorHoldsTheCircuitsOpen) {
  Fleet fleet(TestedPolicy());
  fleet.Play(5min, Fleet::Works);
  fleet.Play(5min, Fleet::Fails);
  fleet.SetMode(Mode::kForcedOpen);
  fleet.Play(20min, Fleet::Works);
  fleet.SetMode(std::nullopt);
  fleet.Play(20min, Fleet::Works);
  ExpectAlerts(
      fleet,
      {{"FuseboxCircuitOpen", "critical", 5min + kNoticed, 10min + 15s},
       {"FuseboxCircuitForcedOpen", "warning", 25min + 15s, 30min + 15s}});
}

TEST_P(RecordedOutage, IsNotReportedWhileAnOperatorLetsAllCallsPass) {
  Fleet fleet(TestedPolicy());
  fleet.Play(5min, Fleet::Works);
  fleet.Play(5min, Fleet::Fails);
  fleet.SetMode(Mode::kDisabled);
  fleet.Play(20min, Fleet::Fails);
  ExpectAlerts(fleet, {{"FuseboxCircuitOpen", "critical", 5min + kNoticed,
                        10min + 15s}});
}

TEST(Recorded, ABackendThatIsIllBeforeItDiesIsTwoAlertsOneAfterTheOther) {
  Fleet fleet(Policy::Responsive());
  const auto ill = [](const Fleet::Passed& passed) {
    return passed.ever % 2 == 0 || passed.ever % 20 == 19;  // 45 % fail
  };
  fleet.Play(5min, Fleet::Works);
  fleet.Play(5min, ill);
  fleet.Play(10min, Fleet::Fails);
  fleet.PlayUntilClosed(Fleet::Works);
  const Duration closed = fleet.time();
  fleet.Play(20min, Fleet::Works);
  ExpectAlerts(
      fleet,
      {{"FuseboxFailureRatioNearThreshold", "info", 7min + 15s, 10min + 15s},
       {"FuseboxCircuitOpen", "critical", 10min + kNoticed, closed}});
}

TEST(Recorded, ABackendThatFailsUnderLoadIsOneAlertThatBeginsWithAnOpening) {
  Fleet fleet(Policy::Responsive());
  const auto weak = [](const Fleet::Passed& passed) { return passed.now < 2; };
  fleet.Play(5min, Fleet::Works);
  fleet.Play(20min, weak);
  fleet.Play(20min, Fleet::Works);
  // The fourth opening is seen at 5:45, and the fourth from the end at 21:00.
  ExpectAlerts(fleet, {{"FuseboxCircuitFlapping", "warning", 5min + 45s,
                        21min + 15min}});
}

TEST(Recorded, AConfigThatAllProcessesRefuseIsOneAlert) {
  Fleet fleet(Policy::Responsive());
  fleet.Play(5min, Fleet::Works);
  fleet.RefuseConfig();
  fleet.Play(20min, Fleet::Works);
  ExpectAlerts(fleet,
               {{"FuseboxConfigRefused", "warning", 5min + 15s, 20min + 15s}},
               "");
}

// Expects that the panel "Rejected" shows more than half of the calls at this
// time, or none.
void ExpectRejected(const Fleet& fleet, Duration at, bool half) {
  for (const Query& query : DashboardQueries()) {
    if (query.where != "Rejected") continue;
    RunTest(fleet, "    promql_expr_test:\n      - expr: '" +
                       WithoutVariables(query.text, "1m", "1h") +
                       (half ? " > bool 0.5" : " > bool 0") +
                       "'\n        eval_time: " + Seconds(at) +
                       "\n        exp_samples: [{labels: '{}', value: " +
                       (half ? "1" : "0") + "}]\n");
  }
}

TEST(Recorded, TheDashboardDoesNotCountWhatFallbacksAnswerAsRejected) {
  for (const bool fallbacks : {false, true}) {
    Fleet fleet(Policy::Responsive());
    if (fallbacks) fleet.UseFallbacks();
    fleet.Play(1min, Fleet::Works);
    fleet.Play(5min, Fleet::Fails);
    ExpectRejected(fleet, 5min, !fallbacks);
  }
}

TEST(Recorded, TheAlertSaysHowManyCircuitsWhichAndForHowLong) {
  Fleet fleet(Policy::Responsive());
  fleet.Play(5min, Fleet::Works);
  fleet.StopCalling("Get");
  fleet.Play(5min, Fleet::Fails);
  RunTest(fleet, R"(    alert_rule_test:
      - eval_time: 10m
        alertname: FuseboxCircuitOpen
        exp_alerts:
          - exp_labels:
              {severity: critical, job: shop, grpc_target: "cart:443", grpc_service: shop.v1.Cart}
            exp_annotations:
              summary: "Open circuits from shop to shop.v1.Cart at cart:443: 12"
              description: "They have been open for up to 4m 58s. Their calls fail at once, and no probe has closed them. Processes: 3. Methods: Add, Checkout, List, Remove."
              runbook: docs/runbook.md#fuseboxcircuitopen
)");
}

}  // namespace
}  // namespace fusebox
