// call_test.cc: Call() and CallOr() run any callable behind a breaker.

#include "fusebox/core/call.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "tests/core/script.h"

namespace fusebox {

// A result type of a user's own: move-only, with every outcome, and with a form
// for rejections.
struct Reply {
  Outcome outcome = Outcome::kSuccess;
  std::unique_ptr<std::string> text;
};

template <>
struct CallTraits<Reply> {
  static Outcome Judge(const Reply& reply) { return reply.outcome; }
  static Reply Reject(const Breaker& breaker, const Rejection& rejection) {
    return {Outcome::kIgnored,
            std::make_unique<std::string>(breaker.name() + ": " +
                                          std::string(Name(rejection.reason)))};
  }
};

namespace {

using namespace std::chrono_literals;

class CallTest : public Script {
 protected:
  Reply CallWith(Outcome outcome, const std::string& text) {
    return Call(breaker(), [&]() -> Reply {
      return {outcome, std::make_unique<std::string>(text)};
    });
  }
  // Returns the text of the call's reply, or that of its fallback.
  std::string CallOrWith(Outcome outcome, const std::string& text) {
    const auto reply = [](Outcome judged, const std::string& says) {
      return Reply{judged, std::make_unique<std::string>(says)};
    };
    return *CallOr(
                breaker(), [&] { return reply(outcome, text); },
                [&](const Reply& why) {
                  return reply(Outcome::kSuccess, "instead of " + *why.text);
                })
                .text;
  }
};

TEST_F(CallTest, ReturnsWhatTheCallableReturns) {
  EXPECT_TRUE(Call(breaker(), [] { return true; }));
  EXPECT_FALSE(Call(breaker(), [] { return false; }));
  EXPECT_EQ(Totals().successes, 1u);
  EXPECT_EQ(Totals().failures, 1u);
  EXPECT_EQ(Totals().ended, 2u);
}

TEST_F(CallTest, TheCallableDoesNotRunOnceFailuresHaveOpened) {
  for (int i = 0; i < 5; ++i) Call(breaker(), [] { return false; });
  int runs = 0;
  EXPECT_FALSE(Call(breaker(), [&] { return ++runs > 0; }));
  EXPECT_EQ(runs, 0);
  EXPECT_EQ(Totals().rejected_in_all(), 1u);
}

TEST_F(CallTest, JudgesACustomTypeByItsTraits) {
  EXPECT_EQ(*CallWith(Outcome::kSuccess, "yes").text, "yes");
  EXPECT_EQ(*CallWith(Outcome::kIgnored, "mine").text, "mine");
  for (int i = 0; i < 5; ++i) CallWith(Outcome::kFailure, "no");
  EXPECT_EQ(*CallWith(Outcome::kSuccess, "yes").text, "b: OPEN");
  EXPECT_EQ(Totals().successes, 1u);
  EXPECT_EQ(Totals().ignored, 1u);
  EXPECT_EQ(Totals().abandoned, 0u);
  EXPECT_EQ(Totals().failures, 5u);
}

TEST_F(CallTest, TakesTheDurationFromTheBreakersClock) {
  settings_.consecutive_failures = 1;
  Call(breaker(), [&] {
    Advance(3s);
    return false;
  });
  EXPECT_EQ(Look().opened_by.last_duration, 3s);
  EXPECT_EQ(Look().since, Now());
}

TEST_F(CallTest, AnExceptionIsAFailureAndReachesTheCaller) {
  settings_.consecutive_failures = 1;
  EXPECT_THROW(Call(breaker(),
                    [&]() -> bool {
                      Advance(2s);
                      throw std::runtime_error("down");
                    }),
               std::runtime_error);
  ExpectState(State::kOpen);
  EXPECT_EQ(Look().opened_by.last_duration, 2s);
  EXPECT_EQ(Totals().failures, 1u);
  EXPECT_EQ(Totals().ended, 1u);
}

TEST_F(CallTest, ACallableMayKeepState) {
  auto count = [n = 0]() mutable { return ++n == 2; };
  EXPECT_FALSE(Call(breaker(), count));
  EXPECT_TRUE(Call(breaker(), count));
}

TEST_F(CallTest, ACallMayBeNestedInAnother) {
  EXPECT_TRUE(Call(breaker(), [&] {
    return Call(breaker(), [&] { return Totals().in_flight() == 2; });
  }));
  EXPECT_EQ(Totals().successes, 2u);
}

TEST_F(CallTest, InDryRunTheCallableRunsInOpen) {
  settings_.mode = Mode::kDryRun;
  for (int i = 0; i < 5; ++i) Call(breaker(), [] { return false; });
  EXPECT_TRUE(Call(breaker(), [] { return true; }));
  ExpectState(State::kOpen);
}

TEST_F(CallTest, CallOrReplacesOnlyAFailureOrARejection) {
  EXPECT_EQ(CallOrWith(Outcome::kSuccess, "yes"), "yes");
  EXPECT_EQ(CallOrWith(Outcome::kIgnored, "mine"), "mine");
  EXPECT_EQ(Totals().fallbacks, 0u);
  EXPECT_EQ(CallOrWith(Outcome::kFailure, "down"), "instead of down");
  EXPECT_EQ(Totals().failures, 1u);
  EXPECT_EQ(Totals().fallbacks, 1u);
  breaker().SetOperatorMode(Mode::kForcedOpen);
  EXPECT_EQ(CallOrWith(Outcome::kSuccess, "yes"), "instead of b: FORCED_OPEN");
  EXPECT_EQ(Totals().successes, 1u) << "the callable did not run";
  EXPECT_EQ(Totals().fallbacks, 2u);
}

TEST_F(CallTest, CallOrPropagatesAnExceptionOfTheCallable) {
  EXPECT_THROW(
      CallOr(
          breaker(), []() -> bool { throw std::runtime_error("down"); },
          [](bool) { return true; }),
      std::runtime_error);
  EXPECT_EQ(Totals().failures, 1u);
}

TEST_F(CallTest, CallOrCallsTheFallbackAfterTheCallHasEnded) {
  EXPECT_TRUE(CallOr(
      breaker(), [] { return false; },
      [&](bool) { return Totals().in_flight() == 0; }));
}

}  // namespace
}  // namespace fusebox
