// connectivity_test.cc: calls without a connection do not become probes, and a
// reconnect may end an opening early.

#include "fusebox/core/connectivity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "fusebox/base/duration_text.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/internal/machine.h"
#include "tests/base/threads.h"
#include "tests/core/script.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

// Answers with what the test has set.
class Way final : public Connectivity {
 public:
  bool IsDown() noexcept override {
    ++asked;
    return down;
  }
  bool HasComeBack(TimePoint since, TimePoint) noexcept override {
    ++asked;
    asked_since = since;
    return back;
  }

  bool down = false;
  bool back = false;
  int asked = 0;
  std::optional<TimePoint> asked_since;
};

class ConnectivityTest : public Script {
 protected:
  Admission Ask() { return breaker().Acquire(Now(), CallShape::kUnary, &way_); }
  // Returns "PROBE", "passes", or the reason of the rejection and its retry
  // time.
  std::string Meet() { return Print(Ask()); }
  static std::string Print(const Admission& admission) {
    if (!admission.rejection) {
      return admission.permit.is_probe() ? "PROBE" : "passes";
    }
    std::string text(Name(admission.rejection->reason));
    if (const auto left = admission.rejection->retry_after) {
      text += " " + FormatDuration(*left);
    }
    return (admission ? "would be " : "") + text;
  }

  Way way_;
};

struct Row {
  std::string name;
  Duration after_trip;
  bool down;
  bool back;
  bool early;
  Mode mode;
  std::string meets;
  int asked;
};
class WhatACallMeets : public ConnectivityTest,
                       public testing::WithParamInterface<Row> {};

TEST_P(WhatACallMeets, AfterATripOfAMinute) {
  const Row& row = GetParam();
  settings_.half_open.early_on_reconnect = row.early;
  Fail(5);
  Advance(row.after_trip);
  breaker().SetOperatorMode(row.mode);
  way_.down = row.down;
  way_.back = row.back;
  EXPECT_EQ(Meet(), row.meets);
  EXPECT_EQ(way_.asked, row.asked);
}

constexpr bool kDown = true, kUp = false, kBack = true, kNotBack = false,
               kEarly = true, kLate = false;
constexpr Mode kEnforce = Mode::kEnforce, kDryRun = Mode::kDryRun;

INSTANTIATE_TEST_SUITE_P(
    Each, WhatACallMeets,
    testing::Values(
        Row{"BeforeTheEnd", 59s, kDown, kBack, kLate, kEnforce, "OPEN 1s", 0},
        Row{"BeforeTheEndInDryRun", 59s, kDown, kBack, kLate, kDryRun,
            "would be OPEN 1s", 0},
        Row{"ANanosecondBeforeTheEnd", 60s - 1ns, kDown, kBack, kLate, kEnforce,
            "OPEN 0.000000001s", 0},
        Row{"AtTheEndAndDown", 60s, kDown, kBack, kLate, kEnforce,
            "RECONNECTING 1s", 1},
        Row{"LongAfterTheEndAndDown", 1h, kDown, kNotBack, kLate, kEnforce,
            "RECONNECTING 1s", 1},
        Row{"AtTheEndAndUp", 60s, kUp, kNotBack, kLate, kEnforce, "PROBE", 1},
        Row{"AtTheEndInDryRun", 60s, kDown, kNotBack, kLate, kDryRun, "PROBE",
            0},
        Row{"AtTheEndDisabled", 60s, kDown, kNotBack, kEarly, Mode::kDisabled,
            "passes", 0},
        Row{"AtTheEndForcedOpen", 60s, kDown, kNotBack, kEarly,
            Mode::kForcedOpen, "FORCED_OPEN", 0},
        Row{"EarlyAndBack", 7s, kUp, kBack, kEarly, kEnforce, "PROBE", 1},
        Row{"EarlyAndNotBack", 7s, kDown, kNotBack, kEarly, kEnforce,
            "OPEN 53s", 1},
        Row{"EarlyAndBackInDryRun", 7s, kUp, kBack, kEarly, kDryRun, "PROBE",
            1},
        Row{"EarlyAndNotBackInDryRun", 7s, kUp, kNotBack, kEarly, kDryRun,
            "would be OPEN 53s", 1},
        Row{"EarlyButDisabled", 7s, kUp, kBack, kEarly, Mode::kDisabled,
            "passes", 0},
        Row{"EarlyButForcedOpen", 7s, kUp, kBack, kEarly, Mode::kForcedOpen,
            "FORCED_OPEN", 0},
        Row{"AtTheEndWithEarlyAndDown", 60s, kDown, kNotBack, kEarly, kEnforce,
            "RECONNECTING 1s", 1}),
    [](const auto& row) { return row.param.name; });

TEST_F(ConnectivityTest, CallsWithoutAConnectionWaitForExactlyOneSecond) {
  OpenAndWait();
  way_.down = true;
  const Admission first = Ask();
  EXPECT_EQ(Print(first), "RECONNECTING 1s");
  EXPECT_EQ(first.rejection->state, State::kOpen);
  EXPECT_EQ(first.rejection->cause.reason,
            TransitionReason::kConsecutiveFailures);
  EXPECT_EQ(first.rejection->cause.failures, 5u);
  Advance(300ms);
  EXPECT_EQ(Meet(), "RECONNECTING 0.7s");
  Advance(700ms - 1ns);
  EXPECT_EQ(Meet(), "RECONNECTING 0.000000001s");
  ExpectState(State::kOpen);
  Advance(1ns);
  EXPECT_EQ(Meet(), "PROBE");
  ExpectState(State::kHalfOpen);
  EXPECT_THAT(Told(), ElementsAre("CLOSED -> OPEN: CONSECUTIVE_FAILURES",
                                  "OPEN -> HALF_OPEN: OPEN_ELAPSED"));
  EXPECT_EQ(Rejected(RejectionReason::kReconnecting), 3u);
}

TEST_F(ConnectivityTest, TheFirstCallThatIsNotWithoutAConnectionIsTheProbe) {
  for (const bool knows_its_connection : {true, false}) {
    OpenAndWait();
    way_.down = true;
    EXPECT_EQ(Meet(), "RECONNECTING 1s");
    way_.down = !knows_its_connection;
    Permit probe = knows_its_connection ? Ask().permit : Admit();
    EXPECT_TRUE(probe.is_probe());
    Succeed(std::move(probe));
  }
}

TEST_F(ConnectivityTest, AtOneCallPerMinuteTheSecondCallIsTheProbe) {
  Fail(5);
  way_.down = true;
  Advance(1min);
  EXPECT_EQ(Meet(), "RECONNECTING 1s");
  Advance(1min);
  EXPECT_EQ(Meet(), "PROBE");
}

TEST_F(ConnectivityTest, EachOpeningHasAWaitOfItsOwn) {
  Fail(5);
  way_.down = true;
  for (int opening = 0; opening < 3; ++opening) {
    Advance(60s);
    EXPECT_EQ(Meet(), "RECONNECTING 1s");
    Advance(1s);
    Admission probe = Ask();
    ASSERT_TRUE(probe.permit.is_probe());
    Fail(std::move(probe.permit));
  }
}

TEST_F(ConnectivityTest, ACallThatTheBulkheadRejectsBeginsNoWait) {
  settings_.max_concurrent_calls = 1;
  const Permit running = Admit();
  breaker().ReportBrokenStream({Outcome::kFailure}, true, Now());
  for (int i = 0; i < 4; ++i) {
    breaker().ReportBrokenStream({Outcome::kFailure}, true, Now());
  }
  Advance(60s);
  way_.down = true;
  EXPECT_EQ(Meet(), "CONCURRENCY 0s");
  Advance(5s);
  EXPECT_EQ(Meet(), "CONCURRENCY 0s");
  breaker().Update(Settings(), Now());
  EXPECT_EQ(Meet(), "RECONNECTING 1s");
}

TEST_F(ConnectivityTest, TheConnectionIsOnlyCheckedInOpen) {
  settings_.half_open.early_on_reconnect = true;
  EXPECT_EQ(Meet(), "passes");
  OpenAndWait();
  const Permit probe = Admit();
  EXPECT_EQ(Meet(), "PROBES_BUSY 0s");
  EXPECT_EQ(way_.asked, 0);
}

TEST_F(ConnectivityTest, AnOpeningThatEndsEarlySaysWhy) {
  settings_.half_open.early_on_reconnect = true;
  Fail(5);
  const TimePoint opened = Now();
  Advance(10s);
  EXPECT_EQ(Meet(), "OPEN 50s");
  EXPECT_EQ(way_.asked_since, opened);
  way_.back = true;
  Succeed(Ask().permit);
  EXPECT_THAT(Told(), ElementsAre("CLOSED -> OPEN: CONSECUTIVE_FAILURES",
                                  "OPEN -> HALF_OPEN: RECONNECTED",
                                  "HALF_OPEN -> CLOSED: PROBE_SUCCEEDED"));
}

TEST_F(ConnectivityTest, AnUpdateAllowsAndForbidsAnEarlyEnd) {
  Fail(5);
  way_.back = true;
  EXPECT_EQ(Meet(), "OPEN 60s");
  Settings early;
  early.half_open.early_on_reconnect = true;
  breaker().Update(early, Now());
  breaker().Update(Settings(), Now());
  EXPECT_EQ(Meet(), "OPEN 60s");
  breaker().Update(early, Now());
  EXPECT_EQ(Meet(), "PROBE");
}

TEST_F(ConnectivityTest, OnlyAReconnectInThisOpeningEndsItEarly) {
  Settings settings;
  settings.half_open.early_on_reconnect = true;
  Machine machine;
  machine.Trip(settings, {}, {}, Now());
  CallFacts call;
  for (const uint64_t generation : {0u, 1u, 3u}) {
    call.came_back_in = generation;
    EXPECT_FALSE(machine.Acquire(settings, call, Now()).admitted);
  }
  call.came_back_in = 2;
  EXPECT_FALSE(machine.Acquire(Settings(), call, Now()).admitted);
  EXPECT_TRUE(machine.Acquire(settings, call, Now()).admitted);
}

// Several calls ask at the same moment.
class ConnectivityRace : public ConnectivityTest,
                         public testing::WithParamInterface<bool> {
 protected:
  using Counts = std::map<std::string, int>;

  // Lets four calls ask at once, ends them, and counts their answers.
  Counts MeetAtOnce(const Way& way) {
    std::array<Admission, 4> admissions;
    Barrier barrier(4);
    OnThreads(4, [&](int thread) {
      Way mine = way;
      barrier.Wait();
      admissions[static_cast<size_t>(thread)] =
          breaker().Acquire(Now(), CallShape::kUnary, &mine);
    });
    Counts counts;
    for (const Admission& admission : admissions) ++counts[Print(admission)];
    return counts;
  }
};
INSTANTIATE_TEST_SUITE_P(EarlyOrNot, ConnectivityRace, testing::Bool());

TEST_P(ConnectivityRace, ExactlyOneOfSimultaneousCallsIsTheProbe) {
  const bool early = GetParam();
  settings_.half_open.early_on_reconnect = early;
  settings_.consecutive_failures = 1;
  for (int round = 0; round < 300; ++round) {
    Fail(1);
    Way way;
    if (early) {
      way.back = true;
    } else {
      Advance(60s);
      way.down = true;
      ASSERT_EQ(MeetAtOnce(way), (Counts{{"RECONNECTING 1s", 4}}));
      Advance(1s);
    }
    ASSERT_EQ(MeetAtOnce(way), (Counts{{"PROBE", 1}, {"PROBES_BUSY 0s", 3}}));
    ASSERT_EQ(told_.back().cause.reason, early
                                             ? TransitionReason::kReconnected
                                             : TransitionReason::kOpenElapsed);
    Succeed(Admit());
    ASSERT_EQ(told_.size(), 3u * static_cast<size_t>(round + 1));
  }
}

TEST_F(ConnectivityTest, AfterAResetCallsWaitForTheConnection) {
  Fail(5);
  breaker().Reset();
  way_.down = true;
  EXPECT_EQ(Meet(), "RECONNECTING 1s");
  ExpectState(State::kClosed);
  Advance(400ms);
  EXPECT_EQ(Meet(), "RECONNECTING 0.6s");
  way_.down = false;
  EXPECT_EQ(Meet(), "passes");
  const int asked = way_.asked;
  way_.down = true;
  EXPECT_EQ(Meet(), "passes") << "a call has reached the backend meanwhile";
  EXPECT_EQ(way_.asked, asked) << "a healthy call asks nothing";
}

TEST_F(ConnectivityTest, AfterAResetCallsWaitForASecondAtMost) {
  Fail(5);
  breaker().Reset();
  way_.down = true;
  Advance(1h);
  EXPECT_EQ(Meet(), "RECONNECTING 1s") << "it begins with the first call";
  Advance(1s);
  EXPECT_EQ(Meet(), "passes");
}

TEST_F(ConnectivityTest, AResetOfAClosedCircuitAsksNothing) {
  breaker().Reset();
  way_.down = true;
  EXPECT_EQ(Meet(), "passes");
  EXPECT_EQ(way_.asked, 0);
}

TEST_F(ConnectivityTest, AfterAResetDryRunRejectsNothing) {
  settings_.mode = Mode::kDryRun;
  Fail(5);
  breaker().Reset();
  way_.down = true;
  EXPECT_EQ(Meet(), "passes");
  EXPECT_EQ(way_.asked, 0);
}

TEST_F(ConnectivityTest, AResetDuringAnOutageWithoutALinkLetsCallsPass) {
  Fail(5);
  breaker().Reset();
  Succeed();
  ExpectState(State::kClosed);
}

}  // namespace
}  // namespace fusebox::internal
