// script.h: a fixture of scripted calls, so that tests read as a specification.
//
//   TEST_F(Open, TheFirstCallAtItsEndIsAProbe) {
//     Fail(5);
//     Advance(60s);
//     EXPECT_TRUE(Admit().is_probe());
//     ExpectState(State::kHalfOpen);
//   }

#ifndef FUSEBOX_TESTS_CORE_SCRIPT_H_
#define FUSEBOX_TESTS_CORE_SCRIPT_H_

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/base/problem.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/testing/manual_clock.h"

namespace fusebox {

// Drives a breaker named "b", which has the test's settings and a manual clock.
class Script : public testing::Test {
 protected:
  // Returns the breaker. The first call makes it from `settings_`, `random_`
  // and `keep_totals_`; later changes of them have no effect.
  Breaker& breaker() {
    if (breaker_ == nullptr) {
      Breaker::Options options;
      options.clock = &clock_;
      options.sink = &sink_;
      options.random = random_;
      options.keep_totals = keep_totals_;
      Problems problems;
      breaker_ = Breaker::Create("b", settings_, options, &problems);
      EXPECT_EQ(problems, Problems());
    }
    return *breaker_;
  }

  // Begins a call that must pass.
  Permit Admit(CallShape shape = CallShape::kUnary) {
    Admission admission = breaker().Acquire(shape);
    EXPECT_TRUE(admission);
    EXPECT_FALSE(admission.rejection.has_value());
    return std::move(admission.permit);
  }

  // Begins a call that must be rejected.
  Rejection Reject() {
    const Admission admission = breaker().Acquire();
    EXPECT_FALSE(admission);
    EXPECT_TRUE(admission.rejection.has_value());
    return admission.rejection.value_or(Rejection());
  }

  // Begins a call that must pass only because of DRY_RUN.
  Admission WouldReject() {
    Admission admission = breaker().Acquire();
    EXPECT_TRUE(admission);
    EXPECT_TRUE(admission.rejection.has_value());
    return admission;
  }

  // Run calls that pass and end one after the other.
  void Succeed(int calls = 1) { Run(calls, {Outcome::kSuccess}); }
  void Fail(int calls = 1) { Run(calls, {Outcome::kFailure}); }
  void Ignore(int calls = 1) { Run(calls, {Outcome::kIgnored}); }
  void Run(int calls, const Verdict& verdict) {
    for (int i = 0; i < calls; ++i) End(Admit(), verdict);
  }

  // Opens the circuit for a minute and waits until that is over. The next call
  // is the first probe.
  void OpenAndWait() {
    Fail(5);
    Advance(std::chrono::seconds(60));
  }

  // End a call that is in flight.
  static void End(Permit permit, const Verdict& verdict) {
    EXPECT_TRUE(permit.Settle(verdict));
  }
  static void Succeed(Permit permit) {
    End(std::move(permit), {Outcome::kSuccess});
  }
  static void Fail(Permit permit) {
    End(std::move(permit), {Outcome::kFailure});
  }
  static void Ignore(Permit permit) {
    End(std::move(permit), {Outcome::kIgnored});
  }
  static void Abandon(Permit permit) { permit.Release(); }

  void Advance(Duration by) { clock_.Advance(by); }
  TimePoint Now() const { return clock_.Now(); }

  Snapshot Look() { return breaker().TakeSnapshot(); }
  TotalsReading Totals() { return Look().totals; }
  uint64_t Rejected(RejectionReason reason) {
    return Totals().rejected[static_cast<size_t>(reason)];
  }
  uint64_t NotEnforced(RejectionReason reason) {
    return Totals().not_enforced[static_cast<size_t>(reason)];
  }
  void ExpectState(State state) { EXPECT_EQ(Look().state, state); }

  // Returns one line for each transition so far, such as
  // "CLOSED -> OPEN: CONSECUTIVE_FAILURES".
  std::vector<std::string> Told() const {
    std::vector<std::string> lines;
    for (const Transition& t : told_) {
      std::ostringstream line;
      line << t.from << " -> " << t.to << ": " << t.cause.reason;
      lines.push_back(line.str());
    }
    return lines;
  }

  Settings settings_;
  RandomSource* random_ = &ProcessRandom();
  bool keep_totals_ = true;
  ManualClock clock_;
  std::vector<Transition> told_;

 private:
  InlineDelivery sink_{[this](const Transition& t) { told_.push_back(t); }};
  std::unique_ptr<Breaker> breaker_;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_CORE_SCRIPT_H_
