// logger_test.cc: which lines an application's log gets.

#include "fusebox/log/logger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/base/signal.h"
#include "tests/registry/observe_test.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::SizeIs;

class LoggerTest : public ObserveTest {
 protected:
  LoggerTest() { Start(); }

  void Start(LogLevel least = LogLevel::kInfo) {
    logger_.reset();
    logger_.emplace(
        registry_,
        [this](const LogLine& line) {
          lines_.push_back(std::string(Name(line.level)) + " " + line.text);
        },
        least);
  }

  // Makes a call that meets the breaker and is rejected.
  void MeetTheBreaker() {
    const Admission admission = Method().breaker().Acquire();
    ASSERT_FALSE(admission);
    Reject();
  }

  const std::vector<std::string>& lines() {
    registry_->WaitForListeners();
    return lines_;
  }

  std::vector<std::string> lines_;
  std::optional<Logger> logger_;
};

TEST_F(LoggerTest, WarnsWithTheCauseWhenACircuitOpens) {
  Open();
  EXPECT_THAT(lines(),
              ElementsAre("WARNING /shop.v1.Cart/Checkout on shop:443: CLOSED "
                          "-> OPEN for 60s: 5 consecutive failures, last "
                          "UNAVAILABLE: refused"));
}

TEST_F(LoggerTest, SaysAtTheEndHowLongAnOutageTookAndWhatItCost) {
  Open();
  for (int i = 0; i < 3; ++i) MeetTheBreaker();
  clock_.Advance(60s);
  End(Outcome::kFailure, absl::StatusCode::kUnavailable, "refused");
  clock_.Advance(60s);
  End(Outcome::kSuccess, absl::StatusCode::kOk, "");
  ASSERT_THAT(lines(), SizeIs(2)) << "none for probes and further openings";
  EXPECT_EQ(
      lines()[1],
      "INFO /shop.v1.Cart/Checkout on shop:443: HALF_OPEN -> CLOSED after "
      "2m, 2 openings, 3 calls rejected: the probes succeeded");
}

TEST_F(LoggerTest, WritesTheRestIfItIsAskedTo) {
  Start(LogLevel::kDebug);
  Open();
  clock_.Advance(60s);
  End(Outcome::kFailure, absl::StatusCode::kUnavailable, "refused");
  ASSERT_THAT(lines(), SizeIs(3));
  EXPECT_EQ(lines()[1],
            "DEBUG /shop.v1.Cart/Checkout on shop:443: OPEN -> HALF_OPEN: its "
            "opening is over");
  EXPECT_EQ(lines()[2],
            "DEBUG /shop.v1.Cart/Checkout on shop:443: HALF_OPEN -> OPEN for "
            "60s, opening 2 in a row: a probe failed: UNAVAILABLE: refused");
}

TEST_F(LoggerTest, AnOutageHasOneLinePerMinute) {
  Open();
  for (int second = 0; second < 150; ++second) {
    for (int i = 0; i < 20; ++i) Reject();
    clock_.Advance(1s);
    registry_->WaitForListeners();
  }
  ASSERT_THAT(lines(), SizeIs(3));
  EXPECT_THAT(
      lines()[1],
      MatchesRegex("WARNING /shop.v1.Cart/Checkout on shop:443: not "
                   "CLOSED for 1m, 1 opening, 1,[0-9]+ calls rejected: "
                   "5 consecutive failures, last UNAVAILABLE: refused"));
  EXPECT_THAT(lines()[2], HasSubstr("not CLOSED for 2m"));
}

TEST_F(LoggerTest, TheLineOfAMinuteSaysWhatOpenedTheCircuitAgain) {
  Open();
  clock_.Advance(60s);
  End(Outcome::kFailure, absl::StatusCode::kUnavailable, "still refused");
  Reject();
  ASSERT_THAT(lines(), SizeIs(2));
  EXPECT_THAT(lines()[1],
              HasSubstr("not CLOSED for 1m, 2 openings, 1 call rejected: 5 "
                        "consecutive failures, last UNAVAILABLE: refused; then "
                        "a probe failed: UNAVAILABLE: still refused"));
}

TEST_F(LoggerTest, WarnsOfARefusedConfig) {
  EXPECT_TRUE(registry_->Update(Config()).ok());
  registry_->ReportConfigError(absl::NotFoundError("no such file"));
  EXPECT_THAT(lines(), ElementsAre("INFO config 2 is in force",
                                   "WARNING a config was refused, 2 stays in "
                                   "force: no such file"));
}

TEST_F(LoggerTest, AThousandRejectionsPerMillisecondMakeOneLinePerMinute) {
  for (int millisecond = 0; millisecond < 2100; ++millisecond) {
    for (int i = 0; i < 1000; ++i) Reject();
    clock_.Advance(1ms);
    if (millisecond % 100 == 0) registry_->WaitForListeners();
  }
  EXPECT_THAT(lines(),
              ElementsAre(MatchesRegex(
                  "INFO in [0-9.]+s: [0-9,]+ calls rejected: [0-9,]+ of "
                  "/shop.v1.Cart/Checkout on shop:443 \\(OPEN\\)")));
  clock_.Advance(Logger::kRepeatPeriod);
  Reject();
  EXPECT_THAT(lines(), SizeIs(2));
}

TEST_F(LoggerTest, TheLineOfAnOutageCountsItsRejectionsAlone) {
  Open();
  for (int i = 0; i < 5; ++i) Reject();
  clock_.Advance(10s);
  logger_.reset();
  EXPECT_THAT(lines(), SizeIs(1)) << "there is no summary of them";
}

TEST_F(LoggerTest, SumsUpSoonAfterTheLastCallOfABurst) {
  Signal written;
  const Logger logger(registry_, [&](const LogLine& line) {
    EXPECT_THAT(line.text, HasSubstr("calls rejected: 33 of"));
    written.Happen();
  });
  for (int i = 0; i < 33; ++i) Reject();
  clock_.Advance(2 * ObservedBreaker::kEventPeriod);
  registry_->WaitForListeners();
  clock_.Advance(Logger::kQuietPeriod);
  written.Wait();
}

TEST_F(LoggerTest, ItsDestructorSumsUpWhatIsLeft) {
  for (int i = 0; i < 5; ++i) Reject();
  EXPECT_THAT(lines(), IsEmpty());
  logger_.reset();
  EXPECT_THAT(lines(), ElementsAre(HasSubstr("5 calls rejected")));
}

TEST_F(LoggerTest, SaysHowManyOfThreeThousandOpeningsWereLostToASlowSink) {
  constexpr int kCircuits = 3000;
  Registry::Options options;
  options.max_unnamed_methods = kCircuits;
  ManualRegistry::Start(Config(), options);
  Signal full;
  std::vector<std::string> texts;
  {
    const Logger slow(registry_, [&](const LogLine& line) {
      if (texts.empty()) full.Wait();
      texts.push_back(line.text);
    });
    for (int i = 0; i < kCircuits; ++i) Open("/s/m" + std::to_string(i));
    full.Happen();
  }
  uint64_t written = 0;
  uint64_t lost = 0;
  for (const std::string& text : texts) {
    const size_t at = text.find(" events were lost");
    if (at != std::string::npos) {
      std::string number = text.substr(0, at);
      number.erase(std::remove(number.begin(), number.end(), ','),
                   number.end());
      lost += std::stoul(number);
    } else if (text.find("CLOSED -> OPEN") != std::string::npos) {
      ++written;
    }
  }
  EXPECT_GT(lost, 0u);
  EXPECT_EQ(written + lost, uint64_t{kCircuits});
  EXPECT_EQ(registry_->dropped_events(), lost);
}

TEST_F(LoggerTest, WarnsOfCallsWithoutABreakerAtMostOncePerMinute) {
  Registry::Options options;
  options.max_unnamed_methods = 1;
  ManualRegistry::Start(Config(), options);
  Start();
  Method("/s/a");
  const std::string rest =
      " passed without a breaker, because the limit of breakers per target is "
      "reached, last /s/";
  Method("/s/b");
  EXPECT_THAT(lines(), ElementsAre("WARNING 1 call" + rest + "b on shop:443"));
  for (int i = 0; i < 3; ++i) {
    clock_.Advance(ObservedBreaker::kEventPeriod);
    Method("/s/c");
  }
  EXPECT_THAT(lines(), SizeIs(1));
  clock_.Advance(Logger::kRepeatPeriod);
  Method("/s/d");
  EXPECT_THAT(lines(), ElementsAre(testing::_,
                                   "WARNING 4 calls" + rest + "d on shop:443"));
  clock_.Advance(ObservedBreaker::kEventPeriod);
  Method("/s/e");
  lines();
  logger_.reset();
  EXPECT_EQ(lines_.back(), "WARNING 1 call" + rest + "e on shop:443");
}

TEST_F(LoggerTest, WritesNothingWhenABreakerLeaves) {
  Method();
  targets_->Close("shop:443");
  EXPECT_THAT(lines(), IsEmpty());
}

TEST_F(LoggerTest, SaysWhenABreakerLeavesInAnOutage) {
  Open();
  targets_->Close("shop:443");
  ASSERT_THAT(lines(), SizeIs(2));
  EXPECT_EQ(lines()[1],
            "INFO /shop.v1.Cart/Checkout on shop:443: has left in OPEN after 5 "
            "calls, 0 rejected");
}

TEST_F(LoggerTest, SaysNothingAfterItsEnd) {
  logger_.reset();
  Open();
  EXPECT_THAT(lines(), IsEmpty());
}

TEST_F(LoggerTest, ASinkThatThrowsLosesOnlyThatLine) {
  std::vector<std::string> texts;
  const Logger logger(registry_, [&](const LogLine& line) {
    texts.push_back(line.text);
    throw std::runtime_error("disk full");
  });
  Reject();
  clock_.Advance(1s);
  Open();  // two lines are due
  registry_->WaitForListeners();
  EXPECT_THAT(texts, SizeIs(2));
  EXPECT_EQ(registry_->listener_errors(), 0u);
}

TEST(LogToStderr, WritesTimeLevelAndText) {
  testing::internal::CaptureStderr();
  LogToStderr()({LogLevel::kWarning,
                 std::chrono::system_clock::time_point(1'777'902'001'123ms),
                 "it opens"});
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "2026-05-04T13:40:01.123Z WARNING fusebox: it opens\n");
}

class UnusedNamesTest : public LoggerTest {
 protected:
  UnusedNamesTest() {
    Config config;
    config.method_policy = {
        {{{"shop.v1.Cart", "Chekout"}, {"shop.v1.Cart", "Refund"}}, Policy()}};
    EXPECT_TRUE(registry_->Update(config).ok());
    EXPECT_THAT(lines(), SizeIs(1));
  }

  void Succeed(int calls) {
    for (int i = 0; i < calls; ++i) {
      End(Outcome::kSuccess, absl::StatusCode::kOk, "");
    }
  }

  // Makes the logger look, as it does every ten seconds.
  void Look() {
    clock_.Advance(10s);
    registry_->Subscribe([](const Event&) {}).Reset();
  }
};

TEST_F(UnusedNamesTest, AreToldOnceAfterTheFirstThousandCalls) {
  Succeed(999);
  Look();
  EXPECT_THAT(lines(), SizeIs(1));
  Succeed(1);
  Look();
  Look();
  ASSERT_THAT(lines(), SizeIs(2));
  EXPECT_EQ(lines()[1],
            "WARNING config 2 names /shop.v1.Cart/Chekout (similar to "
            "/shop.v1.Cart/Checkout), /shop.v1.Cart/Refund, which none of "
            "1,000 calls has met");
}

TEST_F(UnusedNamesTest, AreToldAnewAfterAnUpdate) {
  Succeed(1000);
  Look();
  ASSERT_THAT(lines(), SizeIs(2));
  Config config;
  config.method_policy = {{{{"shop.v1.Cart", "Checkout"}}, Policy()},
                          {{{"shop.v1.Cart", "Buy"}}, Policy()}};
  EXPECT_TRUE(registry_->Update(config).ok());
  Look();
  EXPECT_THAT(lines(), SizeIs(3)) << "only the update";
  Succeed(1000);
  Look();
  ASSERT_THAT(lines(), SizeIs(4));
  EXPECT_THAT(lines()[3], HasSubstr("config 3 names /shop.v1.Cart/Buy, which"));
}

TEST_F(UnusedNamesTest, ANameOfAnotherChannelOrOfOneThatIsClosedIsUsed) {
  targets_->Find("stock:443", "/shop.v1.Cart/Refund");
  targets_->Close("stock:443");
  targets_->Find("other:443", "/shop.v1.Cart/Chekout");
  Succeed(1000);
  Look();
  EXPECT_THAT(lines(), SizeIs(1));
}

}  // namespace
}  // namespace fusebox::internal
