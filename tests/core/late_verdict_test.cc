// late_verdict_test.cc: a verdict of an older generation enters the totals and
// changes nothing else, whatever it is and whenever it comes.

#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "fusebox/core/breaker.h"
#include "tests/core/script.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;

// In which state the call began, and where the circuit was at its verdict.
enum class Begun { kClosed, kHalfOpen };
constexpr const char* kBegun[] = {"Closed", "HalfOpen"};
enum class Reached { kOpen, kHalfOpen, kClosed, kClosedWithARun, kOpenAgain };
constexpr const char* kReached[] = {"Open", "HalfOpen", "Closed",
                                    "ClosedWithARun", "OpenAgain"};

using Combination = std::tuple<Begun, Reached, Outcome>;

class LateVerdict : public Script,
                    public testing::WithParamInterface<Combination> {
 protected:
  LateVerdict() {
    settings_.half_open.max_probes = 2;
    settings_.half_open.successes_to_close = 2;
  }

  void Close() {
    Advance(60s);
    Succeed(2);
    ExpectState(State::kClosed);
  }

  // Moves the circuit on to a later generation than that of `late`.
  void GoOn() {
    Fail(std::get<Begun>(GetParam()) == Begun::kClosed ? 5 : 1);
    ExpectState(State::kOpen);
    switch (std::get<Reached>(GetParam())) {
      case Reached::kOpen:
        break;
      case Reached::kHalfOpen:
        Advance(60s);
        Succeed();
        other_ = Admit();
        break;
      case Reached::kClosed:
        Close();
        break;
      case Reached::kClosedWithARun:
        Close();
        Fail(4);
        break;
      case Reached::kOpenAgain:
        Close();
        Fail(5);
        break;
    }
  }

  Permit other_;
};

TEST_P(LateVerdict, EntersOnlyTheTotals) {
  if (std::get<Begun>(GetParam()) == Begun::kHalfOpen) {
    Fail(5);
    Advance(60s);
  }
  Permit late = Admit();
  GoOn();
  Advance(1s);

  const Snapshot before = Look();
  const size_t told = told_.size();
  EXPECT_TRUE(late.Settle({std::get<Outcome>(GetParam()), Duration(1s), 5min}));
  late.Release();
  const Snapshot after = Look();

  EXPECT_EQ(after.state, before.state);
  EXPECT_EQ(after.generation, before.generation);
  EXPECT_EQ(after.since, before.since);
  EXPECT_EQ(after.open_until, before.open_until);
  EXPECT_EQ(after.openings, before.openings);
  EXPECT_EQ(after.opened_by.reason, before.opened_by.reason);
  EXPECT_EQ(after.consecutive_failures, before.consecutive_failures);
  EXPECT_EQ(after.probes_in_flight, before.probes_in_flight);
  EXPECT_EQ(after.probe_successes, before.probe_successes);
  EXPECT_EQ(told_.size(), told);

  EXPECT_EQ(after.totals.late, before.totals.late + 1);
  EXPECT_EQ(after.totals.ended, before.totals.ended + 1);
  EXPECT_EQ(
      after.totals.successes + after.totals.failures + after.totals.ignored,
      before.totals.successes + before.totals.failures + before.totals.ignored +
          1);
}

std::string NameOf(const testing::TestParamInfo<Combination>& of) {
  const auto [begun, reached, outcome] = of.param;
  return std::string("Begun") + kBegun[static_cast<size_t>(begun)] + "Now" +
         kReached[static_cast<size_t>(reached)] + std::string(Name(outcome));
}
INSTANTIATE_TEST_SUITE_P(
    Every, LateVerdict,
    testing::Combine(testing::Values(Begun::kClosed, Begun::kHalfOpen),
                     testing::Values(Reached::kOpen, Reached::kHalfOpen,
                                     Reached::kClosed, Reached::kClosedWithARun,
                                     Reached::kOpenAgain),
                     testing::Values(Outcome::kSuccess, Outcome::kFailure,
                                     Outcome::kIgnored)),
    NameOf);

}  // namespace
}  // namespace fusebox
