// process_clock_test.cc: when a process sent what arrives late, or after its
// clock was set.

#include "tools/admin/process_clock.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>

namespace fusebox::tool {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int64_t kWall = 1'700'000'000;  // seconds; when the local clock is 0

class ProcessClockTest : public testing::Test {
 protected:
  // Takes what the process sent at `sent` and what arrived at `arrived`, in ms.
  ProcessClock::Reading Take(int64_t sent, int64_t arrived,
                             const std::string& incarnation = "a") {
    return TakeWall(kWall * 1000 + sent, arrived, incarnation);
  }
  ProcessClock::Reading TakeWall(int64_t wall, int64_t arrived,
                                 const std::string& incarnation = "a") {
    v1::Process process;
    process.set_incarnation(incarnation);
    *process.mutable_time() = Time(wall);
    return clock_.Take(process, At(arrived));
  }

  static google::protobuf::Timestamp Time(int64_t wall_ms) {
    google::protobuf::Timestamp time;
    time.set_seconds(wall_ms / 1000);
    time.set_nanos(static_cast<int32_t>(wall_ms % 1000 * 1'000'000));
    return time;
  }
  static TimePoint At(int64_t ms) { return TimePoint(milliseconds(ms)); }

  ProcessClock clock_;
};

TEST_F(ProcessClockTest, TheTimeBetweenTwoResponsesIsThatOfTheProcess) {
  const TimePoint first = Take(0, 0).at;
  EXPECT_EQ(first, At(0));
  // One response is 7 s late, and the next is not.
  EXPECT_EQ(Take(1000, 8000).at - first, seconds(1));
  EXPECT_TRUE(Take(8000, 8140).continues);
  EXPECT_EQ(Take(9000, 9000).at - first, seconds(9));
}

TEST_F(ProcessClockTest, TheFastestResponseSaysWhatTheLocalTimeIs) {
  EXPECT_EQ(clock_.Local(Take(0, 5000).at), At(5000));
  EXPECT_EQ(clock_.Local(Take(5000, 5300).at), At(5300)) << "it was faster";
  EXPECT_EQ(clock_.Local(Take(6000, 9000).at), At(6300));
  EXPECT_EQ(clock_.offset(), milliseconds(-4700));
}

TEST_F(ProcessClockTest, FollowsAClockThatDrifts) {
  for (int i = 0; i <= 600; ++i) Take(i * 1000, i * 1001);
  EXPECT_GE(clock_.Local(Take(601'000, 601'601).at), At(601'480));
}

TEST_F(ProcessClockTest, ARestartIsNotMeasured) {
  Take(0, 0);
  Take(10'000, 10'000);
  const ProcessClock::Reading after = Take(11'500, 12'000, "b");
  EXPECT_FALSE(after.continues);
  EXPECT_EQ(after.at, At(12'000));
  const ProcessClock::Reading next = Take(12'500, 13'200, "b");
  EXPECT_TRUE(next.continues);
  EXPECT_EQ(next.at, At(13'000));
}

TEST_F(ProcessClockTest, AWallClockThatIsSetIsNotMeasured) {
  Take(0, 0);
  constexpr int64_t kHour = 3'600'000;
  EXPECT_FALSE(Take(1000 - kHour, 1000).continues);
  EXPECT_TRUE(Take(2000 - kHour, 2000).continues);
  EXPECT_FALSE(Take(3000, 3000).continues) << "an hour too far";
  const ProcessClock::Reading next = Take(4000, 4000);
  EXPECT_TRUE(next.continues);
  EXPECT_EQ(next.at, At(4000));
}

TEST_F(ProcessClockTest, TheScaleNeverGoesBack) {
  Take(0, 0);
  const TimePoint before = Take(40'000, 1000).at;  // the first one was slow
  EXPECT_EQ(before, At(40'000));
  EXPECT_GE(TakeWall(77, 1100, "b").at, before);
}

TEST_F(ProcessClockTest, AProcessWithoutATimeHasTheTimeOfItsArrival) {
  for (int i = 0; i < 3; ++i) {
    const ProcessClock::Reading reading =
        clock_.Take(v1::Process(), At(i * 1000));
    EXPECT_FALSE(reading.continues);
    EXPECT_EQ(reading.at, At(i * 1000));
  }
}

TEST_F(ProcessClockTest, EventsAreOnTheScale) {
  Take(0, 500);
  Take(20'000, 21'000);
  EXPECT_EQ(clock_.Of(Time(kWall * 1000 + 12'000)), At(12'500));
  EXPECT_EQ(clock_.Of(Time(kWall * 1000 + 25'000)), At(20'500))
      << "not in the future";
}

TEST_F(ProcessClockTest, HostileTimesDoNoHarm) {
  v1::Process process;
  process.mutable_time()->set_seconds(INT64_MAX);
  process.mutable_time()->set_nanos(INT32_MAX);
  EXPECT_EQ(clock_.Take(process, At(0)).at, At(0));
  process.mutable_time()->set_seconds(INT64_MIN);
  EXPECT_FALSE(clock_.Take(process, At(1000)).continues);
  EXPECT_LE(clock_.Of(process.time()), At(1000) + hours(1));
  EXPECT_GE(clock_.Local(At(0)), At(0) - minutes(1));
}

}  // namespace
}  // namespace fusebox::tool
