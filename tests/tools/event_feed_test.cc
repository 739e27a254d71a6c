// event_feed_test.cc: each event is reported once and in order, and missed
// events are counted.

#include "tools/watch/event_feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace fusebox::tool {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

class EventFeedTest : public testing::Test {
 protected:
  // Returns a response of the process with these events.
  v1::WatchBreakersResponse Response(std::initializer_list<uint64_t> events,
                                     uint64_t missed = 0) const {
    v1::WatchBreakersResponse response;
    response.set_missed_events(missed);
    response.mutable_process()->set_incarnation(incarnation_);
    for (const uint64_t number : events) {
      response.add_events()->set_sequence(number);
    }
    return response;
  }

  v1::WatchBreakersResponse Snapshot(
      std::initializer_list<uint64_t> events = {}) const {
    v1::WatchBreakersResponse response = Response(events);
    response.set_snapshot(true);
    return response;
  }

  std::vector<uint64_t> Take(const v1::WatchBreakersResponse& response) {
    news_ = feed_.Take(response);
    std::vector<uint64_t> numbers;
    for (const v1::Event& event : news_.events) {
      numbers.push_back(event.sequence());
    }
    return numbers;
  }

  EventFeed MakeFeed(const std::string& method, uint64_t after = 0) {
    v1::BreakerFilter filter;
    filter.set_method(method);
    return EventFeed(filter, after, 3,
                     [this](const v1::ListEventsRequest& request,
                            v1::ListEventsResponse* response) {
                       asked_.push_back(request);
                       for (const uint64_t number : kept_) {
                         if (number <= request.after_sequence()) continue;
                         response->add_events()->set_sequence(number);
                       }
                       return status_;
                     });
  }

  std::string incarnation_ = "1";
  std::vector<uint64_t> kept_;
  std::vector<v1::ListEventsRequest> asked_;
  grpc::Status status_;
  EventFeed feed_ = MakeFeed("");
  EventFeed::News news_;
};

TEST_F(EventFeedTest, BeginsWithTheLastEventsThatTheProcessKept) {
  kept_ = {7, 9};
  EXPECT_THAT(Take(Snapshot()), ElementsAre(7, 9));
  EXPECT_EQ(news_.missed, 0u) << "nobody promised those before";
  ASSERT_THAT(asked_, SizeIs(1));
  EXPECT_EQ(asked_[0].limit(), 3u);
}

TEST_F(EventFeedTest, ReportsAnEventOnceThatWasBothKeptAndWatched) {
  kept_ = {1, 2};
  EXPECT_THAT(Take(Snapshot({2, 3})), ElementsAre(1, 2, 3));
  EXPECT_THAT(Take(Response({3, 4})), ElementsAre(4));
  EXPECT_THAT(asked_, SizeIs(1)) << "no hole, no question";
}

TEST_F(EventFeedTest, FillsAGapWithTheEventsThatTheProcessKept) {
  Take(Snapshot());
  Take(Response({1}));
  kept_ = {1, 2, 3, 4};
  EXPECT_THAT(Take(Response({4}, /*missed=*/2)), ElementsAre(2, 3, 4));
  EXPECT_EQ(news_.missed, 0u);

  kept_ = {9};
  EXPECT_THAT(Take(Response({10}, /*missed=*/5)), ElementsAre(9, 10));
  EXPECT_EQ(news_.missed, 4u) << "the others were not kept";

  kept_ = {};
  EXPECT_THAT(Take(Response({14})), ElementsAre(14));
  EXPECT_EQ(news_.missed, 3u) << "although the process did not report them";
}

TEST_F(EventFeedTest, CountsAGapOnceThatWasReportedBeforehand) {
  Take(Snapshot());
  Take(Response({1}));
  Take(Response({}, /*missed=*/12));
  EXPECT_EQ(news_.missed, 12u);
  EXPECT_THAT(news_.Notes(), ElementsAre("12 events missed"));
  EXPECT_THAT(Take(Response({14})), ElementsAre(14));
  EXPECT_EQ(news_.missed, 0u);
}

TEST_F(EventFeedTest, WithAFilterSkippedNumbersAreNotGaps) {
  feed_ = MakeFeed("/s/*");
  Take(Snapshot());
  Take(Response({1}));
  EXPECT_THAT(Take(Response({50})), ElementsAre(50));
  EXPECT_EQ(news_.missed, 0u);
  Take(Response({60}, /*missed=*/4));
  EXPECT_EQ(news_.missed, 4u);
  EXPECT_EQ(asked_.back().filter().method(), "/s/*");
}

TEST_F(EventFeedTest, LosesNoEventBetweenTwoWatchesOfAProcess) {
  kept_ = {1};
  Take(Snapshot());
  kept_ = {1, 2, 3};
  EXPECT_THAT(Take(Snapshot()), ElementsAre(2, 3));
  EXPECT_FALSE(news_.restarted);
  EXPECT_EQ(asked_.back().after_sequence(), 1u);
}

TEST_F(EventFeedTest, BeginsAgainWithAnotherProcess) {
  kept_ = {100};
  Take(Snapshot());
  incarnation_ = "2";
  kept_ = {1, 2};
  EXPECT_THAT(Take(Snapshot()), ElementsAre(1, 2));
  EXPECT_TRUE(news_.restarted);
}

TEST_F(EventFeedTest, ReportsThatItCouldNotListEvents) {
  status_ = grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, "");
  EXPECT_THAT(Take(Snapshot({4})), ElementsAre(4));
  EXPECT_EQ(news_.status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
}

TEST_F(EventFeedTest, BeginsAfterAGivenNumber) {
  feed_ = MakeFeed("", 8);
  kept_ = {7, 8, 9};
  EXPECT_THAT(Take(Snapshot()), ElementsAre(9));
  EXPECT_EQ(asked_[0].after_sequence(), 8u);
}

}  // namespace
}  // namespace fusebox::tool
