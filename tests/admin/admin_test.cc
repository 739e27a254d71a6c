// admin_test.cc: tests what each call of the admin service returns.

#include "tests/admin/admin_test.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/admin/internal/status.h"
#include "fusebox/core/types.h"
#include "fusebox/log/event_log.h"
#include "fusebox/registry/event.h"
#include "fusebox/v1/admin.grpc.pb.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;
using grpc::StatusCode;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using Stub = v1::BreakerAdmin::Stub;

constexpr char kForceOpenForTenMinutes[] =
    "filter {} mode: FORCED_OPEN time_limit { seconds: 600 }";

class Admin : public AdminTest {
 protected:
  Admin() { Serve(); }

  grpc::Status SetMode(const std::string& request) {
    return Call(&Stub::SetMode, Parse<v1::SetModeRequest>(request), &set_);
  }
  grpc::Status Reset(const std::string& request) {
    return Call(&Stub::ResetBreakers, Parse<v1::ResetBreakersRequest>(request),
                &reset_);
  }
  grpc::Status Update(const v1::UpdateConfigRequest& request) {
    return Call(&Stub::UpdateConfig, request, &updated_);
  }
  grpc::Status Get(const std::string& target, const std::string& method) {
    v1::GetBreakerRequest request;
    request.mutable_name()->set_target(target);
    request.mutable_name()->set_method(method);
    return Call(&Stub::GetBreaker, request, &got_);
  }
  // Reads the events, and returns their types.
  std::vector<std::string> Events(const std::string& request = "") {
    registry_->WaitForListeners();
    EXPECT_TRUE(
        Call(&Stub::ListEvents, Parse<v1::ListEventsRequest>(request), &events_)
            .ok());
    std::vector<std::string> types;
    for (const v1::Event& event : events_.events()) {
      types.push_back(event.type());
    }
    return types;
  }

  v1::SetModeResponse set_;
  v1::ResetBreakersResponse reset_;
  v1::UpdateConfigResponse updated_;
  v1::GetBreakerResponse got_;
  v1::ListEventsResponse events_;
};

TEST_F(Admin, ListsTheBreakersSortedAndDescribesTheProcess) {
  Method("/shop.v1.Cart/Remove");
  Method("/shop.v1.Cart/Add");
  v1::ListBreakersResponse response;
  ASSERT_TRUE(List({}, &response).ok());
  ASSERT_THAT(MethodsOf(response),
              ElementsAre("/shop.v1.Cart/Add", "/shop.v1.Cart/Remove"));
  EXPECT_EQ(response.breakers(0).name().target(), "shop:443");
  EXPECT_EQ(response.breakers(0).state(), v1::CLOSED);
  const v1::Process& process = response.process();
  EXPECT_EQ(process.pid(), getpid());
  EXPECT_EQ(process.config_generation(), 1u);
  EXPECT_FALSE(process.read_only());
  EXPECT_GT(process.incarnation().size(), 16u);
  EXPECT_GT(process.time().seconds(), 1'700'000'000);
}

TEST_F(Admin, SaysWhyACircuitIsOpenAndWhatItRejected) {
  Open();
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(Method().breaker().Acquire());
  Reject();
  registry_->WaitForListeners();
  clock_.Advance(15s);
  clock_.SetWall(std::chrono::system_clock::time_point(12h));
  const v1::Breaker breaker = One();
  EXPECT_EQ(breaker.state(), v1::OPEN);
  EXPECT_EQ(breaker.mode(), v1::Policy::ENFORCE);
  EXPECT_FALSE(breaker.has_operator_mode());
  EXPECT_EQ(breaker.generation(), 2u);
  EXPECT_EQ(breaker.in_state().seconds(), 15);
  EXPECT_EQ(breaker.probe_in().seconds(), 45);
  EXPECT_EQ(breaker.open_time().seconds(), 15);
  EXPECT_EQ(breaker.reason(), "CONSECUTIVE_FAILURES");
  EXPECT_EQ(breaker.cause(),
            "5 consecutive failures, last UNAVAILABLE: refused");
  EXPECT_EQ(breaker.openings(), 1u);
  EXPECT_EQ(breaker.totals().admitted(), 5u);
  EXPECT_EQ(breaker.totals().failures(), 5u);
  ASSERT_EQ(breaker.totals().rejected().size(), 1u);
  EXPECT_EQ(breaker.totals().rejected().at("OPEN"), 3u);
  EXPECT_EQ(breaker.thresholds().consecutive_failures(), 5u);
  EXPECT_EQ(breaker.thresholds().open_duration().seconds(), 60);
  EXPECT_EQ(breaker.last_event(), 2u);
  EXPECT_EQ(breaker.since().seconds(), 43'200 - 15);
}

TEST_F(Admin, SaysWhyAHalfOpenCircuitWasOpened) {
  Open();
  clock_.Advance(61s);
  const Admission probe = Method().breaker().Acquire();
  ASSERT_TRUE(probe);
  registry_->WaitForListeners();
  const v1::Breaker breaker = One();
  EXPECT_EQ(breaker.state(), v1::HALF_OPEN);
  EXPECT_EQ(breaker.probes_in_flight(), 1u);
  EXPECT_THAT(breaker.cause(), HasSubstr("UNAVAILABLE: refused"));
}

TEST_F(Admin, AnOutageGoesOnThroughFailedProbes) {
  Open();
  EXPECT_FALSE(Method().breaker().Acquire());
  clock_.Advance(60s);
  End(Outcome::kFailure, absl::StatusCode::kUnavailable, "still refused");
  clock_.Advance(5s);
  registry_->WaitForListeners();
  clock_.SetWall(std::chrono::system_clock::time_point(12h));
  const v1::Outage outage = One().outage();
  EXPECT_EQ(outage.since().seconds(), 43'200 - 65);
  EXPECT_EQ(outage.duration().seconds(), 65);
  EXPECT_EQ(outage.reason(), "CONSECUTIVE_FAILURES");
  EXPECT_EQ(outage.cause(),
            "5 consecutive failures, last UNAVAILABLE: refused");
  EXPECT_EQ(outage.openings(), 2u);
  EXPECT_EQ(outage.last_cause(), "a probe failed: UNAVAILABLE: still refused");
  EXPECT_EQ(outage.rejected(), 1u);

  ASSERT_TRUE(Get("shop:443", kMethod).ok());
  const v1::Event& last = *got_.events().rbegin();
  EXPECT_EQ(last.outage().openings(), 2u);
  EXPECT_EQ(last.outage().duration().seconds(), 60);
  Method().breaker().Reset();
  EXPECT_FALSE(One().has_outage());
}

TEST_F(Admin, FiltersByNameAndState) {
  Open("/shop.v1.Cart/Add");
  Method("/shop.v1.Cart/Remove");
  Method("/shop.v1.Search/Find").breaker().SetOperatorMode(Mode::kDryRun);
  EXPECT_THAT(Listed("method: '/shop.v1.Cart/*'"),
              ElementsAre("/shop.v1.Cart/Add", "/shop.v1.Cart/Remove"));
  EXPECT_THAT(Listed("method: '/shop.v1.Cart/*' state: OPEN"),
              ElementsAre("/shop.v1.Cart/Add"));
  EXPECT_THAT(Listed("state: OPEN target: 'elsewhere'"), IsEmpty());
  EXPECT_THAT(Listed("troubled: true"),
              ElementsAre("/shop.v1.Cart/Add", "/shop.v1.Search/Find"));
  EXPECT_THAT(Listed("troubled: true key: '?*'"), IsEmpty());
}

TEST_F(Admin, ANameThatIsNoUtf8IsShownEscaped) {
  Method("/shop.v1.Cart/\xFFoo");
  EXPECT_THAT(Listed(""), ElementsAre("/shop.v1.Cart/\\xffoo"));
  EXPECT_TRUE(Get("shop:443", "/shop.v1.Cart/\\xffoo").ok());
}

TEST_F(Admin, GetsABreakerWithItsPolicyAndEvents) {
  Method("/shop.v1.Cart/Other").breaker().Reset();
  Open();
  registry_->WaitForListeners();
  ASSERT_TRUE(Get("shop:443", kMethod).ok());
  EXPECT_EQ(got_.breaker().state(), v1::OPEN);
  EXPECT_EQ(got_.policy().consecutive_failures(), 5u);
  EXPECT_EQ(got_.policy().max_pushback().seconds(), 300);
  EXPECT_TRUE(got_.policy().has_count_broken_streams());
  ASSERT_THAT(got_.events(), SizeIs(1));
  EXPECT_EQ(got_.events(0).type(), "TRANSITION");
  EXPECT_EQ(got_.events(0).breaker().method(), kMethod);
}

TEST_F(Admin, AnUnknownNameGetsTheNearestOne) {
  Method();
  const grpc::Status status = Get("shop:443", "/shop.v1.Cart/Chekout");
  EXPECT_EQ(status.error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(),
            "name: no breaker is named /shop.v1.Cart/Chekout on shop:443; the "
            "nearest is /shop.v1.Cart/Checkout on shop:443");
  EXPECT_THAT(Get("", kMethod).error_message(), HasSubstr("the nearest is"));
  EXPECT_THAT(Get("", "zzz").error_message(), HasSubstr("there are 1"));
  Method("/shop.v1.Cart/CheckouT");
  EXPECT_THAT(Get("", "/shop.v1.Cart/Checkou").error_message(),
              HasSubstr("the nearest is /shop.v1.Cart/CheckouT"))
      << "the first of two";
  const std::string long_name(129, 'a');
  Method(long_name.substr(0, 110));
  EXPECT_THAT(Get("", long_name).error_message(), HasSubstr("there are 3"));
  v1::GetBreakerResponse response;
  const grpc::Status nameless = Call(&Stub::GetBreaker, {}, &response);
  EXPECT_EQ(nameless.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(nameless.error_message(), "name: must be given");
}

TEST_F(Admin, TheEventsSayWhatHappened) {
  Open();
  Reject();
  ASSERT_THAT(Events(), ElementsAre("TRANSITION", "REJECTION"));
  const v1::Event& opening = events_.events(0);
  EXPECT_EQ(opening.sequence(), 1u);
  EXPECT_EQ(opening.from(), v1::CLOSED);
  EXPECT_EQ(opening.to(), v1::OPEN);
  EXPECT_EQ(opening.reason(), "CONSECUTIVE_FAILURES");
  EXPECT_EQ(opening.generation(), 2u);
  EXPECT_EQ(opening.open_duration().seconds(), 60);
  EXPECT_EQ(opening.openings(), 1u);
  EXPECT_EQ(opening.code(), "UNAVAILABLE");
  EXPECT_EQ(opening.detail(), "refused");
  EXPECT_EQ(opening.duration().nanos(), 3'000'000);
  EXPECT_GT(opening.time().seconds(), 1'700'000'000);
  EXPECT_THAT(opening.text(),
              AllOf(StartsWith(kMethod), HasSubstr("CLOSED -> OPEN for 60s")));
  const v1::Event& rejection = events_.events(1);
  EXPECT_EQ(rejection.to(), v1::OPEN);
  EXPECT_EQ(rejection.reason(), "OPEN");
  EXPECT_TRUE(rejection.enforced());
  EXPECT_EQ(rejection.retry_after().seconds(), 5);
  EXPECT_EQ(rejection.count(), 1u);
}

TEST_F(Admin, EventsAreChosenByNameTypeSequenceAndNumber) {
  Method("/a/A").breaker().Reset();
  Method("/b/B").breaker().Reset();
  Method("/b/B").breaker().SetOperatorMode(Mode::kDryRun);
  ASSERT_TRUE(registry_->Update(Config()).ok());
  EXPECT_THAT(Events(), ElementsAre("TRANSITION", "TRANSITION", "MODE",
                                    "CONFIG_UPDATED"));
  EXPECT_FALSE(events_.events(3).has_breaker());
  EXPECT_EQ(events_.events(3).generation(), 2u);
  EXPECT_THAT(Events("filter { method: '/b/*' }"),
              ElementsAre("TRANSITION", "MODE"));
  EXPECT_THAT(Events("filter { method: '/b/*' } type: 'MODE'"),
              ElementsAre("MODE"));
  EXPECT_THAT(Events("after_sequence: 1"),
              ElementsAre("TRANSITION", "MODE", "CONFIG_UPDATED"));
  EXPECT_THAT(Events("after_sequence: 1 limit: 2"),
              ElementsAre("MODE", "CONFIG_UPDATED"));
}

TEST_F(Admin, ALongDetailIsShortened) {
  std::string detail = "x";
  while (detail.size() < 10'000) detail += "\xC3\xA9";
  registry_->ReportConfigError(absl::InvalidArgumentError(detail));
  ASSERT_THAT(Events(), SizeIs(1));
  const std::string shown(events_.events(0).detail());
  EXPECT_EQ(shown, detail.substr(0, 4095) + "...") << "no half character";
}

TEST_F(Admin, GetsTheLastEventsOfABreaker) {
  AdminOptions options = Writable();
  options.event_log.changes = 100;
  Serve(std::move(options));
  for (int i = 0; i < 70; ++i) Method().breaker().Reset();
  registry_->WaitForListeners();
  ASSERT_TRUE(Get("shop:443", kMethod).ok());
  ASSERT_THAT(got_.events(), SizeIs(64));
  EXPECT_EQ(got_.events(0).sequence(), 7u);
}

TEST_F(Admin, SetsShowsAndClearsAMode) {
  Method();
  Method("/other/M");
  const std::string filter =
      "filter { method: '" + std::string(kMethod) + "' }";
  ASSERT_TRUE(SetMode(filter + " mode: FORCED_OPEN").ok());
  ASSERT_THAT(set_.breakers(), SizeIs(1));
  EXPECT_EQ(set_.breakers(0).mode(), v1::Policy::FORCED_OPEN);
  EXPECT_EQ(set_.breakers(0).operator_mode(), v1::Policy::FORCED_OPEN);
  EXPECT_FALSE(set_.breakers(0).has_operator_mode_left());
  EXPECT_FALSE(Method().breaker().Acquire());
  ASSERT_TRUE(SetMode(filter).ok());
  EXPECT_FALSE(set_.breakers(0).has_operator_mode());
  EXPECT_TRUE(Method().breaker().Acquire());
}

TEST_F(Admin, AModeEndsWithItsLimit) {
  Method();
  ASSERT_TRUE(SetMode(kForceOpenForTenMinutes).ok());
  EXPECT_EQ(set_.breakers(0).operator_mode_left().seconds(), 600);
  clock_.Advance(599s);
  EXPECT_EQ(One().operator_mode_left().seconds(), 1);
  clock_.Advance(1s);
  EXPECT_FALSE(One().has_operator_mode());
  EXPECT_TRUE(Method().breaker().Acquire());
}

TEST_F(Admin, AModeThatTheApplicationSetsLaterHasNoLimit) {
  Method();
  ASSERT_TRUE(SetMode(kForceOpenForTenMinutes).ok());
  Method().breaker().SetOperatorMode(Mode::kForcedOpen);
  EXPECT_FALSE(One().has_operator_mode_left());
  clock_.Advance(600s);
  EXPECT_EQ(One().operator_mode(), v1::Policy::FORCED_OPEN);
}

TEST_F(Admin, AResetClosesTheCircuitAndForgetsItsPast) {
  Open();
  ASSERT_TRUE(Reset("filter { state: OPEN }").ok());
  ASSERT_THAT(reset_.breakers(), SizeIs(1));
  EXPECT_EQ(reset_.breakers(0).state(), v1::CLOSED);
  EXPECT_EQ(reset_.breakers(0).totals().failures(), 5u);
  const grpc::Status again = Reset("filter { state: OPEN }");
  EXPECT_EQ(again.error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(again.error_message(), "filter: matches none of 1 breakers");
}

TEST_F(Admin, AChangeNeedsAFilterThatMatches) {
  const grpc::Status all = SetMode("");
  EXPECT_EQ(all.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(all.error_message(), "filter: must be given; {} stands for all");
  EXPECT_EQ(Reset("").error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(SetMode("filter {}").error_code(), StatusCode::NOT_FOUND);
}

TEST_F(Admin, ReadsAndReplacesTheConfig) {
  Method();
  v1::GetConfigResponse config;
  ASSERT_TRUE(Call(&Stub::GetConfig, {}, &config).ok());
  EXPECT_EQ(config.generation(), 1u);
  EXPECT_EQ(config.config().default_policy().consecutive_failures(), 5u);
  v1::UpdateConfigRequest request;
  request.set_generation(1);
  *request.mutable_config() = config.config();
  request.mutable_config()->mutable_default_policy()->set_consecutive_failures(
      7);
  ASSERT_TRUE(Update(request).ok());
  EXPECT_EQ(updated_.generation(), 2u);
  EXPECT_EQ(One().thresholds().consecutive_failures(), 7u);

  const grpc::Status stale = Update(request);
  EXPECT_EQ(stale.error_code(), StatusCode::ABORTED);
  EXPECT_EQ(stale.error_message(),
            "generation: must be that of the config in force, 2, is 1");
}

TEST_F(Admin, ShowsTheFailureScoreAndItsThreshold) {
  v1::UpdateConfigRequest request;
  request.set_generation(1);
  request.mutable_config()
      ->mutable_default_policy()
      ->mutable_failure_score()
      ->set_threshold(20);
  ASSERT_TRUE(Update(request).ok());
  Admission admission = Method().breaker().Acquire();
  admission.permit.Finish({Outcome::kFailure}, clock_.Now());
  EXPECT_EQ(One().failure_score(), 2u);
  EXPECT_EQ(One().thresholds().failure_score(), 20u);
}

TEST_F(Admin, RefusesABadConfigWithEveryProblem) {
  const grpc::Status status = Update(Parse<v1::UpdateConfigRequest>(R"(
      generation: 1
      config { default_policy { failure_rate { threshold: 1.5 }
                                half_open { max_probes: 0 } } })"));
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(
      status.error_message(),
      AllOf(HasSubstr("config.default_policy.failure_rate.threshold: must be "
                      "in (0, 1], is 1.5"),
            HasSubstr("config.default_policy.half_open.max_probes: ")));
  EXPECT_EQ(registry_->config_generation(), 1u);
  EXPECT_EQ(registry_->config_errors(), 1u);
  EXPECT_THAT(Events(), ElementsAre("CONFIG_REFUSED"));

  EXPECT_THAT(
      Update(Parse<v1::UpdateConfigRequest>("generation: 1")).error_message(),
      StartsWith("config: must be given"));
}

TEST_F(Admin, ShortensAListOfManyProblems) {
  const EventLog log(registry_);
  v1::UpdateConfigRequest request;
  request.set_generation(1);
  for (int i = 0; i < 1500; ++i) {
    request.mutable_config()->add_method_policy();  // without names
  }
  const grpc::Status status = Update(request);
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(),
              AllOf(HasSubstr("method_policy[0]"), HasSubstr("bytes in all")));
  EXPECT_LT(status.error_message().size(), 4100u) << "it fits the trailers";
  registry_->WaitForListeners();
  const std::vector<Event> events = log.Read();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_THAT(events[0].detail,
              AllOf(HasSubstr("method_policy[999]"),
                    testing::EndsWith("config: 500 more problems")));
}

TEST_F(Admin, AMessageIsShortenedBetweenTwoCharacters) {
  std::string message = "x";
  while (message.size() < kMaxStatusBytes) message += "\xC3\xA9";
  const std::string cut =
      ToGrpcStatus(absl::NotFoundError(message)).error_message();
  // gRPC sends three bytes for each byte that is not ASCII.
  EXPECT_EQ(cut, message.substr(0, 1333) + "... (" +
                     std::to_string(message.size()) + " bytes in all)");
}

}  // namespace
}  // namespace fusebox::internal
