// admin_watch_test.cc: tests watching over gRPC.

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "fusebox/admin/service.h"
#include "fusebox/v1/admin.grpc.pb.h"
#include "tests/admin/admin_test.h"

namespace fusebox::internal {
namespace {

using grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class AdminWatch : public AdminTest {
 protected:
  AdminWatch() { Serve(); }

  static v1::WatchBreakersRequest Request(int seconds) {
    v1::WatchBreakersRequest request;
    request.mutable_interval()->set_seconds(seconds);
    return request;
  }
};

TEST_F(AdminWatch, FirstASnapshotThenWhatChangesAtOnce) {
  Method();
  Watch watch(*stub_, Request(60));
  v1::WatchBreakersResponse response = watch.Next();
  EXPECT_TRUE(response.snapshot());
  EXPECT_THAT(response.breakers(), SizeIs(1));
  EXPECT_EQ(response.process().pid(), getpid());

  Method("/shop.v1.Cart/New");
  v1::WatchBreakersRequest with_events = Request(60);
  with_events.set_events(true);
  Watch later(*stub_, with_events);
  EXPECT_THAT(later.Next().breakers(), SizeIs(2)) << "no old snapshot";

  Open();
  response = watch.Next();
  EXPECT_FALSE(response.snapshot());
  ASSERT_THAT(MethodsOf(response), ElementsAre(kMethod));
  EXPECT_EQ(response.breakers(0).state(), v1::OPEN);
  EXPECT_THAT(response.breakers(0).cause(), HasSubstr("refused"));
  EXPECT_THAT(response.events(), SizeIs(0)) << "the request asked for none";

  response = later.Next();
  ASSERT_THAT(response.events(), SizeIs(1));
  EXPECT_EQ(response.events(0).type(), "TRANSITION");
  ASSERT_THAT(response.breakers(), SizeIs(1));
  EXPECT_EQ(response.breakers(0).state(), v1::OPEN);
  EXPECT_EQ(response.breakers(0).last_event(), response.events(0).sequence());
}

TEST_F(AdminWatch, AModeThatWasInForceIsSentAtOnceToo) {
  Method();
  Watch watch(*stub_, Request(60));
  watch.Next();
  const auto request = Parse<v1::SetModeRequest>(  // it is in ENFORCE already
      "filter {} mode: ENFORCE time_limit { seconds: 60 }");
  v1::SetModeResponse set;
  ASSERT_TRUE(Call(&v1::BreakerAdmin::Stub::SetMode, request, &set).ok());
  const v1::WatchBreakersResponse response = watch.Next();
  ASSERT_THAT(response.breakers(), SizeIs(1));
  EXPECT_TRUE(response.breakers(0).has_operator_mode());
  EXPECT_EQ(response.breakers(0).operator_mode_left().seconds(), 60);
}

TEST_F(AdminWatch, RefusesABadRequest) {
  v1::WatchBreakersRequest request = Request(61);
  request.mutable_filter()->add_state(static_cast<v1::State>(9));
  Watch watch(*stub_, request);
  const grpc::Status status = watch.End();
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("filter.state[0]"));
  EXPECT_THAT(status.error_message(), HasSubstr("interval"));
}

TEST_F(AdminWatch, AWatcherThatEndsMakesRoom) {
  AdminOptions options;
  options.max_watchers = 1;
  Serve(std::move(options));
  {
    Watch watch(*stub_, Request(60));
    EXPECT_TRUE(watch.Next().snapshot());
    Watch other(*stub_, Request(60));
    const grpc::Status status = other.End();
    EXPECT_EQ(status.error_code(), StatusCode::RESOURCE_EXHAUSTED);
    EXPECT_THAT(status.error_message(), HasSubstr("1 watch already"));
  }
  EXPECT_TRUE(Eventually([&] { return admin_->service().watchers() == 0; }));
  Watch watch(*stub_, Request(60));
  EXPECT_TRUE(watch.Next().snapshot());
}

TEST_F(AdminWatch, AServerEndsWithoutWaitingForReaders) {
  for (int i = 0; i < 300; ++i) Method("/shop.v1.Cart/M" + std::to_string(i));
  v1::WatchBreakersRequest request;
  request.mutable_interval()->set_nanos(100'000'000);
  std::vector<std::unique_ptr<Watch>> watches;
  for (int i = 0; i < 20; ++i) {
    watches.push_back(std::make_unique<Watch>(*stub_, request));
  }
  ASSERT_TRUE(Eventually([&] { return admin_->service().watchers() == 20; }));
  const uint64_t looks = admin_->service().looks();
  ASSERT_TRUE(
      Eventually([&] { return admin_->service().looks() > looks + 3; }));
  admin_.reset();
  for (const auto& watch : watches) EXPECT_FALSE(watch->End().ok());
}

}  // namespace
}  // namespace fusebox::internal
