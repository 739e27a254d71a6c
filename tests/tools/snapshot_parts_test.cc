// snapshot_parts_test.cc: a snapshot is passed on once it is complete.

#include "tools/admin/snapshot_parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "fusebox/v1/admin.pb.h"

namespace fusebox::tool {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

v1::Breaker MakeBreaker(const std::string& method,
                        v1::State state = v1::CLOSED) {
  v1::Breaker breaker;
  breaker.mutable_name()->set_method(method);
  breaker.set_state(state);
  return breaker;
}

class SnapshotPartsTest : public testing::Test {
 protected:
  static v1::WatchBreakersResponse Response(
      bool snapshot, bool more, std::initializer_list<v1::Breaker> breakers) {
    v1::WatchBreakersResponse response;
    response.set_snapshot(snapshot);
    response.set_more(more);
    for (const v1::Breaker& breaker : breakers) {
      *response.add_breakers() = breaker;
    }
    return response;
  }

  // Returns whether the response is passed on. `joined_` holds it then.
  bool Join(const v1::WatchBreakersResponse& response) {
    joined_ = response;
    return parts_.Join(&joined_);
  }

  SnapshotParts parts_;
  v1::WatchBreakersResponse joined_;
};

TEST_F(SnapshotPartsTest, ACompleteSnapshotIsPassedOn) {
  const auto whole = Response(true, false, {MakeBreaker("/s/A")});
  EXPECT_TRUE(Join(whole));
  EXPECT_EQ(joined_.SerializeAsString(), whole.SerializeAsString());
}

TEST_F(SnapshotPartsTest, PartsOfAChangeArePassedOn) {
  EXPECT_TRUE(Join(Response(true, false, {})));
  EXPECT_TRUE(Join(Response(false, true, {MakeBreaker("/s/A")})));
  EXPECT_THAT(joined_.breakers(), SizeIs(1));
  EXPECT_FALSE(joined_.snapshot());
  EXPECT_TRUE(Join(Response(false, false, {MakeBreaker("/s/B")})));
  EXPECT_EQ(joined_.breakers(0).name().method(), "/s/B");
}

TEST_F(SnapshotPartsTest, PartsOfASnapshotAreJoined) {
  v1::WatchBreakersResponse first =
      Response(true, true, {MakeBreaker("/s/A"), MakeBreaker("/s/B")});
  first.set_missed_events(2);
  first.add_events()->set_sequence(7);
  first.mutable_process()->set_config_generation(1);
  EXPECT_FALSE(Join(first));
  EXPECT_FALSE(Join(Response(false, true, {MakeBreaker("/s/C")})));
  v1::WatchBreakersResponse last =
      Response(false, false, {MakeBreaker("/s/D")});
  last.set_missed_events(3);
  last.add_events()->set_sequence(8);
  last.mutable_process()->set_config_generation(2);
  EXPECT_TRUE(Join(last));
  EXPECT_TRUE(joined_.snapshot());
  EXPECT_FALSE(joined_.more());
  EXPECT_THAT(joined_.breakers(), SizeIs(4));
  EXPECT_EQ(joined_.missed_events(), 5u);
  ASSERT_THAT(joined_.events(), SizeIs(2));
  EXPECT_EQ(joined_.events(0).sequence(), 7u);
  EXPECT_EQ(joined_.process().config_generation(), 2u);
  EXPECT_TRUE(Join(Response(false, false, {})));
  EXPECT_FALSE(joined_.snapshot());
  EXPECT_THAT(joined_.breakers(), IsEmpty());
}

TEST_F(SnapshotPartsTest, ALaterPartOverridesAnEarlierOne) {
  EXPECT_FALSE(Join(
      Response(true, true, {MakeBreaker("/s/A"), MakeBreaker("/s/Gone")})));
  v1::WatchBreakersResponse last =
      Response(false, false, {MakeBreaker("/s/A", v1::OPEN)});
  *last.add_gone() = MakeBreaker("/s/Gone").name();
  EXPECT_TRUE(Join(last));
  ASSERT_THAT(joined_.breakers(), SizeIs(1));
  EXPECT_EQ(joined_.breakers(0).state(), v1::OPEN);
  EXPECT_THAT(joined_.gone(), IsEmpty());
}

TEST_F(SnapshotPartsTest, AnotherSnapshotStartsOver) {
  v1::WatchBreakersResponse old = Response(true, true, {MakeBreaker("/s/A")});
  old.add_events()->set_sequence(1);
  EXPECT_FALSE(Join(old));
  EXPECT_FALSE(Join(Response(true, true, {MakeBreaker("/s/B")})));
  EXPECT_TRUE(Join(Response(false, false, {})));
  EXPECT_THAT(joined_.events(), IsEmpty());
  ASSERT_THAT(joined_.breakers(), SizeIs(1));
  EXPECT_EQ(joined_.breakers(0).name().method(), "/s/B");
}

}  // namespace
}  // namespace fusebox::tool
