// simulation_test.cc: which call meets which state of its breaker. What is
// written about it is tested in replay_test.cc.

#include "tools/replay/simulation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/policy/config.h"
#include "tools/replay/tally.h"

namespace fusebox::tool {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr int kOk = 0;
constexpr int kCancelled = 1;
constexpr int kUnavailable = 14;

class SimulationTest : public testing::Test, public SimulationObserver {
 protected:
  SimulationTest() {
    config_.default_policy.consecutive_failures = 2;
    config_.default_policy.open_duration = 1ms;
  }

  // Adds the next call, on the next line. REQUIRES: `t_us` does not decrease.
  void Call(int64_t t_us, int64_t duration_us, int code,
            const char* method = "/s/M") {
    calls_.push_back({t_us, duration_us, method, code, 0, calls_.size() + 2});
  }

  // Runs the calls. Returns one text per event.
  std::vector<std::string> Run() {
    table_ = PolicyTable::Create(config_).value();
    Simulation simulation(*table_, {this, &tally_}, std::nullopt);
    for (const RecordedCall& call : calls_) simulation.Run(call);
    simulation.Finish();
    return events_;
  }

  void OnTransition(int64_t t_us, const Transition& t) override {
    events_.push_back(std::to_string(t_us) + " " + t.breaker + " " +
                      std::string(Name(t.to)) + " " +
                      std::string(Name(t.cause.reason)));
  }
  void OnRejected(const RecordedCall& call, RejectionReason reason,
                  bool enforced) override {
    events_.push_back(std::to_string(call.start_us) + " line " +
                      std::to_string(call.line) + " " +
                      std::string(Name(reason)) + (enforced ? "" : "?"));
  }
  void OnCall(const RecordedCall&, const Breaker*, const CallResult&) override {
  }

  Config config_;
  std::vector<RecordedCall> calls_;
  std::vector<std::string> events_;
  std::unique_ptr<const PolicyTable> table_;
  Tally tally_;
};

TEST_F(SimulationTest, RunsAnOutageFromBeginningToEnd) {
  Call(0, 100, kUnavailable);
  Call(50, 100, kUnavailable);
  Call(150, 100, kUnavailable);   // the trip at 150 comes first
  Call(1149, 100, kUnavailable);  // still open
  Call(1150, 100, kUnavailable);  // a probe
  Call(1200, 100, kOk);           // comes during the probe
  Call(2250, 100, kOk);           // the next probe
  EXPECT_THAT(
      Run(),
      ElementsAre("150 /s/M OPEN CONSECUTIVE_FAILURES", "150 line 4 OPEN",
                  "1149 line 5 OPEN", "1150 /s/M HALF_OPEN OPEN_ELAPSED",
                  "1200 line 7 PROBES_BUSY", "1250 /s/M OPEN PROBE_FAILED",
                  "2250 /s/M HALF_OPEN OPEN_ELAPSED",
                  "2350 /s/M CLOSED PROBE_SUCCEEDED"));
}

TEST_F(SimulationTest, AtEqualTimesCallsSettleBeforeOthersAsk) {
  Call(0, 10, kUnavailable);
  Call(5, 5, kUnavailable);
  Call(10, 0, kOk);
  EXPECT_THAT(Run(), ElementsAre("10 /s/M OPEN CONSECUTIVE_FAILURES",
                                 "10 line 4 OPEN"));
}

TEST_F(SimulationTest, CallsThatSettleTogetherDoSoInTheOrderOfTheInput) {
  Call(0, 10, kUnavailable);
  Call(0, 10, kOk);
  Call(0, 10, kUnavailable);
  EXPECT_THAT(Run(), IsEmpty());
  calls_.clear();
  Call(0, 10, kOk);
  Call(0, 10, kUnavailable);
  Call(0, 10, kUnavailable);
  EXPECT_THAT(Run(), ElementsAre("10 /s/M OPEN CONSECUTIVE_FAILURES"));
}

TEST_F(SimulationTest, CallsWithoutDurationSettleAtOnce) {
  Call(7, 0, kUnavailable);
  Call(7, 0, kUnavailable);
  Call(7, 0, kOk);
  EXPECT_THAT(Run(),
              ElementsAre("7 /s/M OPEN CONSECUTIVE_FAILURES", "7 line 4 OPEN"));
}

TEST_F(SimulationTest, EachMethodHasItsOwnBreakerAndCodes) {
  Policy policy = config_.default_policy;
  policy.failure_codes = {absl::StatusCode::kCancelled};
  config_.method_policy.push_back({{{"s", "N"}}, policy});
  for (int i = 0; i < 2; ++i) {
    Call(i, 0, kCancelled, "/s/M");
    Call(i, 0, kCancelled, "/s/N");
  }
  EXPECT_THAT(Run(), ElementsAre("1 /s/N OPEN CONSECUTIVE_FAILURES"));
}

TEST_F(SimulationTest, CallsOfExemptServicesPassWithoutABreaker) {
  for (int i = 0; i < 9; ++i) {
    Call(i, 0, kUnavailable, "/grpc.health.v1.Health/Check");
  }
  EXPECT_THAT(Run(), IsEmpty());
  EXPECT_EQ(tally_.unjudged(), 9u);
  EXPECT_EQ(tally_.total().admitted, 9u);
  EXPECT_EQ(tally_.total().failures_admitted, 0u);
}

TEST_F(SimulationTest, OneFailureADayOpensNothingIfAPolicySaysHowFarApart) {
  constexpr int64_t kDay = 86'400'000'000;
  for (int64_t day = 0; day < 5; ++day) Call(day * kDay, 1000, kUnavailable);
  config_.default_policy.max_failure_gap = 1h;
  EXPECT_THAT(Run(), IsEmpty());
  config_.default_policy.max_failure_gap = 0s;
  EXPECT_THAT(Run(), Contains(std::to_string(kDay + 1000) +
                              " /s/M OPEN CONSECUTIVE_FAILURES"));
}

TEST_F(SimulationTest, PushBackLengthensTheOpening) {
  Call(0, 0, kUnavailable);
  Call(1, 0, kUnavailable);
  calls_.back().pushback_ms = 5;
  Call(5000, 0, kOk);
  Call(5001, 0, kOk);
  EXPECT_THAT(
      Run(), ElementsAre("1 /s/M OPEN CONSECUTIVE_FAILURES", "5000 line 4 OPEN",
                         "5001 /s/M HALF_OPEN OPEN_ELAPSED",
                         "5001 /s/M CLOSED PROBE_SUCCEEDED"));
}

}  // namespace
}  // namespace fusebox::tool
