// feed_test.cc: tests what a viewer has not seen yet, without watchers and
// gRPC.

#include "fusebox/admin/internal/feed.h"

#include <gmock/gmock.h>
#include <grpcpp/support/slice.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "fusebox/admin/internal/breaker_reader.h"
#include "fusebox/policy/config.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/subscription.h"
#include "fusebox/v1/admin.pb.h"
#include "tests/admin/admin_test.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class FeedTest : public ObserveTest {
 protected:
  static constexpr size_t kMaxEvents = 4;

  static WatchRequest WithEvents() { return {BreakerMatcher(), 1s, true}; }

  // Looks if an event or a viewer waits for it.
  void LookIfNeeded() {
    registry_->WaitForListeners();
    if (feed_.needs_look()) feed_.Look();
  }

  // Begins to watch, and returns the first response.
  v1::WatchBreakersResponse Watch(const WatchRequest& request = {}) {
    viewer_.emplace(&feed_, request);
    return Next();
  }

  // Returns the next response, or an empty one if there is nothing to send.
  v1::WatchBreakersResponse Next(bool due = false) {
    return NextOf(&*viewer_, due);
  }
  v1::WatchBreakersResponse NextOf(Feed::Viewer* viewer, bool due) {
    LookIfNeeded();
    std::string bytes;
    for (const grpc::Slice& slice : feed_.Next(due, viewer)) {
      bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
    v1::WatchBreakersResponse response;
    EXPECT_TRUE(response.ParseFromString(bytes));
    return response;
  }

  // Returns the response at the end of an interval.
  v1::WatchBreakersResponse NextInterval() {
    feed_.Look();
    return Next(/*due=*/true);
  }

  BreakerReader reader_{registry_, "p", true};
  Feed feed_{&reader_, kMaxEvents};
  const Subscription subscription_ =
      registry_->Subscribe([this](const Event& event) {
        reader_.OnEvent(event);
        feed_.OnEvent(event);
      });
  std::optional<Feed::Viewer> viewer_;
};

TEST_F(FeedTest, ASnapshotNeedsALookThatIsNewerThanItsViewer) {
  Method("/a/Old");
  feed_.Look();
  viewer_.emplace(&feed_, WatchRequest());
  EXPECT_THAT(feed_.Next(/*due=*/true, &*viewer_), IsEmpty());
  Method("/b/New");
  const v1::WatchBreakersResponse response = Next();
  EXPECT_TRUE(response.snapshot());
  EXPECT_THAT(response.breakers(), SizeIs(2));
}

TEST_F(FeedTest, ABreakerThatHasLeftIsGoneAndItsPlaceIsUsedAgain) {
  Method("/a/Stays");
  Watch();
  for (int i = 0; i < 20; ++i) {
    const std::string target = "t" + std::to_string(i);
    const std::string method = "/b/M" + std::to_string(i);
    Find(target, method);
    EXPECT_THAT(MethodsOf(NextInterval()), ElementsAre(method));
    targets_->Close(target);
    const v1::WatchBreakersResponse response = NextInterval();
    EXPECT_THAT(response.breakers(), IsEmpty());
    ASSERT_THAT(response.gone(), SizeIs(1));
    EXPECT_EQ(response.gone(0).method(), method);
  }
  EXPECT_LE(feed_.places(), 3u);
}

TEST_F(FeedTest, APlaceIsNotUsedAgainBeforeEachViewerHasBeenTold) {
  Find("t", "/b/Leaves");
  Watch();
  Feed::Viewer late(&feed_, WatchRequest());
  EXPECT_THAT(MethodsOf(NextOf(&late, /*due=*/true)), ElementsAre("/b/Leaves"));
  targets_->Close("t");
  EXPECT_THAT(NextInterval().gone(), SizeIs(1));
  Find("u", "/b/Comes");
  EXPECT_THAT(MethodsOf(NextInterval()), ElementsAre("/b/Comes"));
  const v1::WatchBreakersResponse response = NextOf(&late, /*due=*/true);
  EXPECT_THAT(MethodsOf(response), ElementsAre("/b/Comes"));
  ASSERT_THAT(response.gone(), SizeIs(1));
  EXPECT_EQ(response.gone(0).method(), "/b/Leaves");
}

TEST_F(FeedTest, NobodyWaitsForALookWithoutViewers) {
  Open();
  registry_->WaitForListeners();
  EXPECT_FALSE(feed_.needs_look());
  Watch();
  viewer_.reset();
  Method().breaker().Reset();
  registry_->WaitForListeners();
  EXPECT_FALSE(feed_.needs_look());
}

TEST_F(FeedTest, AnUrgentChangeBringsNothingElse) {
  Method("/a/Counted");
  Method("/b/Opened");
  EXPECT_THAT(Watch().breakers(), SizeIs(2));
  End(Outcome::kSuccess, absl::StatusCode::kOk, "", "/a/Counted");
  Method("/c/New");
  Open("/b/Opened");
  v1::WatchBreakersResponse response = Next();
  ASSERT_THAT(MethodsOf(response), ElementsAre("/b/Opened"));

  EXPECT_FALSE(Method("/b/Opened").breaker().Acquire());  // counted
  Open("/a/Counted");
  response = Next();
  ASSERT_THAT(MethodsOf(response), ElementsAre("/a/Counted"));
}

TEST_F(FeedTest, AnIntervalBringsAllChanges) {
  Method("/a/Idle");
  Method("/b/Busy");
  Watch();
  End(Outcome::kSuccess, absl::StatusCode::kOk, "", "/b/Busy");
  Method("/c/New");
  const v1::WatchBreakersResponse response = NextInterval();
  EXPECT_FALSE(response.snapshot());
  ASSERT_THAT(MethodsOf(response), ElementsAre("/b/Busy", "/c/New"));
  EXPECT_EQ(response.breakers(0).totals().admitted(), 1u);
}

TEST_F(FeedTest, ABreakerThatOnlyGrowsOlderHasNotChanged) {
  Open();
  Breaker& breaker = Method().breaker();
  EXPECT_FALSE(breaker.Acquire());
  breaker.SetOperatorMode(Mode::kForcedOpen);
  EXPECT_FALSE(breaker.Acquire());  // for another reason
  Watch();
  clock_.Advance(1s);
  const v1::WatchBreakersResponse response = NextInterval();
  EXPECT_FALSE(HasNews(response));
  EXPECT_EQ(response.process().name(), "p") << "says that the process lives";
}

TEST_F(FeedTest, ASlowViewerGetsTheLatestStateAndWhatItMissed) {
  Method();
  EXPECT_TRUE(Watch(WithEvents()).snapshot());
  for (int i = 0; i < 5; ++i) {
    Method().breaker().SetOperatorMode(Mode::kForcedOpen);
    Method().breaker().SetOperatorMode(Mode::kDryRun);
    LookIfNeeded();
  }
  v1::WatchBreakersResponse response = Next();
  ASSERT_THAT(response.breakers(), SizeIs(1));
  EXPECT_EQ(response.breakers(0).operator_mode(), v1::Policy::DRY_RUN);
  ASSERT_THAT(response.events(), SizeIs(kMaxEvents));
  EXPECT_EQ(response.events(0).sequence(), 7u);
  EXPECT_EQ(response.events(3).sequence(), 10u);
  EXPECT_EQ(response.missed_events(), 6u);
  Method().breaker().Reset();
  response = Next();
  EXPECT_EQ(response.missed_events(), 0u) << "it was told before";
  EXPECT_THAT(response.events(), SizeIs(1));
}

TEST_F(FeedTest, ALongSnapshotComesInParts) {
  const size_t most = Feed::kMaxResponseBytes;
  Method("/a/" + std::string(most * 2 / 5, 'a'));
  Method("/b/" + std::string(most * 2 / 5, 'b'));
  Method("/c/" + std::string(most, 'c'));
  Method("/d/D");
  v1::WatchBreakersResponse response = Watch();
  EXPECT_TRUE(response.snapshot());
  EXPECT_TRUE(response.more());
  EXPECT_THAT(response.breakers(), SizeIs(2));
  response = Next();
  EXPECT_FALSE(response.snapshot());
  EXPECT_TRUE(response.more());
  ASSERT_THAT(response.breakers(), SizeIs(1));
  EXPECT_EQ(response.breakers(0).name().method()[1], 'c');
  response = Next();
  EXPECT_FALSE(response.more());
  ASSERT_THAT(MethodsOf(response), ElementsAre("/d/D"));
}

TEST_F(FeedTest, AChangeBetweenTwoPartsComesAfterThem) {
  const std::string early = "/a/" + std::string(600'000, 'a');
  const std::string late = "/b/" + std::string(600'000, 'b');
  Method(early);
  Method(late);
  EXPECT_EQ(Watch().breakers(0).name().method(), early);
  Open(early);
  v1::WatchBreakersResponse response = Next();
  ASSERT_THAT(MethodsOf(response), ElementsAre(late));
  EXPECT_FALSE(response.more());
  response = Next();
  ASSERT_THAT(MethodsOf(response), ElementsAre(early));
  EXPECT_EQ(response.breakers(0).state(), v1::OPEN);
}

TEST_F(FeedTest, LongEventsComeInParts) {
  const std::string method = "/a/" + std::string(600'000, 'a');
  Method(method);
  EXPECT_TRUE(Watch(WithEvents()).snapshot());
  for (const Mode mode : {Mode::kForcedOpen, Mode::kDryRun, Mode::kDisabled}) {
    Method(method).breaker().SetOperatorMode(mode);
  }
  v1::WatchBreakersResponse response = Next();
  ASSERT_THAT(response.breakers(), SizeIs(1));
  EXPECT_EQ(response.breakers(0).mode(), v1::Policy::DISABLED);
  EXPECT_THAT(response.events(), IsEmpty());
  EXPECT_TRUE(response.more());
  for (uint64_t i = 1; i <= 3; ++i) {
    response = Next();
    EXPECT_THAT(response.breakers(), IsEmpty());
    ASSERT_THAT(response.events(), SizeIs(1));
    EXPECT_EQ(response.events(0).sequence(), i);
    EXPECT_EQ(response.more(), i < 3);
    EXPECT_EQ(response.missed_events(), 0u);
  }
}

TEST_F(FeedTest, AnEventWaitsForTheStateThatItLedTo) {
  Method();
  Watch(WithEvents());
  Open();
  registry_->WaitForListeners();
  EXPECT_THAT(feed_.Next(/*due=*/false, &*viewer_), IsEmpty());
  const v1::WatchBreakersResponse response = Next();
  ASSERT_THAT(response.events(), SizeIs(1));
  ASSERT_THAT(response.breakers(), SizeIs(1));
  EXPECT_EQ(response.breakers(0).state(), v1::OPEN);
  EXPECT_EQ(response.breakers(0).last_event(), response.events(0).sequence());
}

TEST_F(FeedTest, AnEventOfACallWaitsForAnUrgentOne) {
  Method();
  Watch(WithEvents());
  Reject();
  registry_->WaitForListeners();
  EXPECT_FALSE(feed_.needs_look());
  feed_.Look();
  EXPECT_THAT(feed_.Next(/*due=*/false, &*viewer_), IsEmpty());
  registry_->ReportConfigError(absl::InvalidArgumentError("bad"));
  const v1::WatchBreakersResponse response = Next();
  EXPECT_THAT(response.breakers(), IsEmpty());
  ASSERT_THAT(response.events(), SizeIs(2));
  EXPECT_EQ(response.events(0).type(), "REJECTION");
  EXPECT_EQ(response.events(1).type(), "CONFIG_REFUSED");
}

TEST_F(FeedTest, OtherEventsNeitherCountAsMissedNorTakeTheRoom) {
  Method();
  Method("/other/M");
  const auto filter = Parse<v1::BreakerFilter>("method: '/shop.v1.*'");
  const WatchRequest request = {BreakerMatcher(filter), 1s, true};
  EXPECT_THAT(MethodsOf(Watch(request)), ElementsAre(kMethod));
  Method().breaker().Reset();
  for (int i = 0; i < 10; ++i) Method("/other/M").breaker().Reset();
  EXPECT_TRUE(registry_->Update(Config()).ok());
  Method().breaker().Reset();
  const v1::WatchBreakersResponse response = Next();
  EXPECT_EQ(response.missed_events(), 0u);
  ASSERT_THAT(response.events(), SizeIs(2));
  EXPECT_EQ(response.events(0).sequence(), 1u);
  EXPECT_EQ(response.events(0).breaker().method(), kMethod);
  EXPECT_EQ(response.events(1).breaker().method(), kMethod);
}

TEST_F(FeedTest, ABreakerThatNoLongerMatchesIsGoneOnce) {
  Open();
  const auto filter = Parse<v1::BreakerFilter>("state: OPEN");
  EXPECT_THAT(Watch({BreakerMatcher(filter)}).breakers(), SizeIs(1));
  Method().breaker().Reset();
  v1::WatchBreakersResponse response = Next();
  EXPECT_THAT(response.breakers(), IsEmpty());
  ASSERT_THAT(response.gone(), SizeIs(1));
  EXPECT_EQ(response.gone(0).method(), kMethod);
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(HasNews(NextInterval()));
  Open();
  response = Next();
  ASSERT_THAT(response.breakers(), SizeIs(1));
  EXPECT_THAT(response.gone(), IsEmpty());
}

TEST_F(FeedTest, ABreakerThatIsNoLongerUsedIsGone) {
  Method();
  Watch();
  Config config;
  config.default_policy.scope = Scope::kService;
  ASSERT_TRUE(registry_->Update(config).ok());
  Method();
  const v1::WatchBreakersResponse response = NextInterval();
  ASSERT_THAT(response.gone(), SizeIs(1));
  EXPECT_EQ(response.gone(0).method(), kMethod);
  ASSERT_THAT(MethodsOf(response), ElementsAre("shop.v1.Cart"));
}

}  // namespace
}  // namespace fusebox::internal
