// mode_limits_test.cc: tests modes that an operator sets for a limited time.

#include "fusebox/admin/internal/mode_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>

#include "fusebox/core/breaker.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/breaker_name.h"
#include "tests/admin/admin_test.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::SizeIs;

class ModeLimitsTest : public ObserveTest {
 protected:
  Breaker& breaker() { return Method().breaker(); }
  std::optional<Mode> mode() { return breaker().TakeSnapshot().operator_mode; }
  void Set(std::optional<Mode> mode, std::optional<Duration> limit) {
    breaker();  // exists now
    const Registry::BreakerInUse in_use = registry_->BreakersInUse().at(0);
    EXPECT_TRUE(
        limits_.SetMode(in_use.name, in_use.breaker, {mode, limit, "alice"}));
  }

  const BreakerName name_ = {"shop:443", kMethod, ""};
  ModeLimits limits_{registry_};
};

TEST_F(ModeLimitsTest, ALimitDoesNotKeepABreakerAndLeavesWithIt) {
  Set(Mode::kForcedOpen, 10min);
  const std::weak_ptr<Breaker> breaker = registry_->BreakersInUse()[0].breaker;
  targets_->Close("shop:443");
  EXPECT_TRUE(breaker.expired());
  EXPECT_THAT(limits_.Read(), IsEmpty());
}

TEST_F(ModeLimitsTest, AModeEndsWhenItsTimeIsOver) {
  Set(Mode::kForcedOpen, 10min);
  EXPECT_EQ(mode(), Mode::kForcedOpen);
  EXPECT_EQ(limits_.Read().at(name_).end, clock_.Now() + 10min);
  clock_.Advance(10min - 1ns);
  EXPECT_THAT(limits_.Read(), SizeIs(1));
  clock_.Advance(1ns);
  EXPECT_THAT(limits_.Read(), IsEmpty());
  EXPECT_EQ(mode(), std::nullopt);
}

TEST_F(ModeLimitsTest, AModeEndsByItself) {
  Set(Mode::kForcedOpen, 10min);
  clock_.Advance(10min);
  EXPECT_TRUE(Eventually([&] { return mode() == std::nullopt; }));
}

TEST_F(ModeLimitsTest, AModeWithoutALimitStays) {
  Set(Mode::kForcedOpen, 10min);
  Set(Mode::kDryRun, std::nullopt);
  EXPECT_EQ(limits_.Read().at(name_).end, std::nullopt);
  clock_.Advance(24h);
  EXPECT_EQ(limits_.Read().at(name_).end, std::nullopt);
  EXPECT_EQ(mode(), Mode::kDryRun);
}

TEST_F(ModeLimitsTest, ANewLimitReplacesTheOldOne) {
  Set(Mode::kForcedOpen, 10min);
  clock_.Advance(9min);
  Set(Mode::kForcedOpen, 10min);
  clock_.Advance(9min);
  EXPECT_THAT(limits_.Read(), SizeIs(1));
  EXPECT_EQ(mode(), Mode::kForcedOpen);
}

TEST_F(ModeLimitsTest, AModeThatIsSetLaterStaysEvenTheSameOne) {
  for (const Mode later : {Mode::kDisabled, Mode::kForcedOpen}) {
    Set(Mode::kForcedOpen, 10min);
    breaker().SetOperatorMode(later);
    EXPECT_NE(limits_.Read().at(name_).setting,
              breaker().TakeSnapshot().operator_settings);
    clock_.Advance(10min);
    EXPECT_THAT(limits_.Read(), IsEmpty());
    EXPECT_EQ(mode(), later);
  }
}

TEST_F(ModeLimitsTest, ClearingAModeForgetsItsLimit) {
  Set(Mode::kForcedOpen, 10min);
  Set(std::nullopt, std::nullopt);
  EXPECT_EQ(mode(), std::nullopt);
  EXPECT_THAT(limits_.Read(), IsEmpty());
}

TEST_F(ModeLimitsTest, ALimitThatNoClockReachesIsKept) {
  Set(Mode::kForcedOpen, Duration::max());
  EXPECT_THAT(limits_.Read(), SizeIs(1));
}

}  // namespace
}  // namespace fusebox::internal
