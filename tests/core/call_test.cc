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

TEST_F(CallTest, CallOrReturnsTheResultIfTheCallSucceeds) {
  const Reply reply = CallOr(
      breaker(),
      [] {
        return Reply{Outcome::kSuccess, nullptr};
      },
      [](const Reply&) -> Reply { throw std::logic_error("not asked"); });
  EXPECT_EQ(reply.outcome, Outcome::kSuccess);
}

TEST_F(CallTest, CallOrReturnsTheFallbackIfTheCallFails) {
  const Reply reply = CallOr(
      breaker(),
      [] {
        return Reply{Outcome::kFailure, std::make_unique<std::string>("down")};
      },
      [](const Reply& why) {
        return Reply{Outcome::kSuccess,
                     std::make_unique<std::string>("instead of " + *why.text)};
      });
  EXPECT_EQ(*reply.text, "instead of down");
  EXPECT_EQ(Totals().failures, 1u);
  EXPECT_EQ(Totals().fallbacks, 1u);
}

TEST_F(CallTest, CallOrReturnsTheFallbackIfTheCallIsRejected) {
  breaker().SetOperatorMode(Mode::kForcedOpen);
  const Reply reply = CallOr(
      breaker(), []() -> Reply { throw std::logic_error("not asked"); },
      [](const Reply& why) {
        return Reply{Outcome::kSuccess,
                     std::make_unique<std::string>("instead of " + *why.text)};
      });
  EXPECT_EQ(*reply.text, "instead of b: FORCED_OPEN");
  EXPECT_EQ(Totals().fallbacks, 1u);
}

TEST_F(CallTest, CallOrReturnsAnIgnoredResultWithoutFallback) {
  const Reply reply = CallOr(
      breaker(),
      [] {
        return Reply{Outcome::kIgnored, std::make_unique<std::string>("mine")};
      },
      [](const Reply&) -> Reply { throw std::logic_error("not asked"); });
  EXPECT_EQ(*reply.text, "mine");
  EXPECT_EQ(Totals().fallbacks, 0u);
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
