// watch_model_test.cc: how old what `fusebox watch` shows is.

#include <gtest/gtest.h>

#include <chrono>

#include "tools/admin/address.h"
#include "tools/watch/model.h"

namespace fusebox::tool {
namespace {

using std::chrono::seconds;

TEST(WatchModel, AResponseThatIsTakenLateIsAsOldAsItsProcessSays) {
  Model model;
  model.Add(*ParseAddress("unix:/a"));
  v1::WatchBreakersResponse response;
  response.set_snapshot(true);
  response.add_breakers()->mutable_name()->set_method("/s/A");
  const TimePoint start{seconds(100)};
  const auto take = [&](int sent, int taken) {
    response.mutable_process()->mutable_time()->set_seconds(1000 + sent);
    model.Take(0, response, EventFeed::News(), start + seconds(taken));
  };
  take(0, 0);
  take(5, 12);
  EXPECT_EQ(model.Rows()[0].Age(start + seconds(13)), seconds(8));
  take(13, 13);
  EXPECT_EQ(model.Rows()[0].Age(start + seconds(13)), seconds(0));
}

TEST(WatchModel, AFasterResponseCorrectsTheAgeOfEarlierOnes) {
  Model model;
  model.Add(*ParseAddress("unix:/a"));
  v1::WatchBreakersResponse response;
  response.set_snapshot(true);
  response.add_breakers()->mutable_name()->set_method("/s/A");
  response.mutable_process()->mutable_time()->set_seconds(1000);
  const TimePoint start{seconds(100)};
  model.Take(0, response, EventFeed::News(), start + seconds(5));
  response.Clear();
  response.mutable_process()->mutable_time()->set_seconds(1006);
  model.Take(0, response, EventFeed::News(), start + seconds(6));
  EXPECT_EQ(model.Rows()[0].Age(start + seconds(6)), seconds(6));
}

TEST(WatchModel, EventsOfSeveralProcessesStandInTheOrderOfTheirTimes) {
  Model model;
  model.Add(*ParseAddress("unix:/a"));
  model.Add(*ParseAddress("unix:/b"));
  const auto take = [&](size_t process, std::vector<int64_t> times) {
    EventFeed::News news;
    for (const int64_t at : times) {
      v1::Event event;
      event.set_type("TRANSITION");
      event.mutable_time()->set_seconds(at);
      news.events.push_back(event);
    }
    model.Take(process, {}, news, TimePoint(seconds(100)));
  };
  take(0, {10, 30, 50});
  take(1, {20, 40, 5});  // its wall clock was set back
  take(0, {45});
  std::vector<int64_t> times;
  for (const Model::Line& line : model.lines()) {
    times.push_back(line.event->time().seconds());
  }
  EXPECT_EQ(times, (std::vector<int64_t>{10, 20, 30, 40, 5, 50, 45}));
}

}  // namespace
}  // namespace fusebox::tool
