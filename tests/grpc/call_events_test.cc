// call_events_test.cc: the events and counts that observers receive for one
// RPC.

#include <gmock/gmock.h>
#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fusebox/core/types.h"
#include "fusebox/grpc/internal/channel_link.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/policy/config.h"
#include "fusebox/registry/call_reading.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/internal/call_meter.h"
#include "fusebox/registry/registry.h"
#include "tests/grpc/call_interceptor_test.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class CallEvents : public CallInterceptorTest {
 protected:
  CallEvents() {
    Registry::Options options;
    options.clock = &clock_;
    Config config;
    config.default_policy.consecutive_failures = 2;
    config.default_policy.open_duration = 5s;
    registry_ = *Registry::Create(config, options);
    registry_->MeterCalls();
    target_ = registry_->Open("t");
    listener_ = registry_->Subscribe(
        [this](const Event& event) { heard_.push_back(event); });
  }

  GuardedMethod& method() { return *target_.Find("/s/M"); }

  // Begins a call, which may be rejected.
  std::unique_ptr<CallInterceptor> Begin(Type type = Type::kUnary) {
    auto call = std::make_unique<CallInterceptor>(
        MethodUse(&method()), *method().binding(), clock_,
        RpcFacts{type, Deadline::max()});
    FakeBatch batch({Hook::PRE_SEND_INITIAL_METADATA, Hook::PRE_SEND_MESSAGE});
    call->Intercept(&batch);
    return call;
  }
  void Call(const grpc::Status& status, Duration takes = 1ms) {
    const auto call = Begin();
    clock_.Advance(takes);
    Finish(*call, status);
  }
  static grpc::Status Refused() {
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "connection refused");
  }
  void OpenCircuit() {
    for (int i = 0; i < 2; ++i) Call(Refused());
  }

  // Returns the type and the detail of each event: "REJECTION OPEN", "PROBE
  // SUCCESS", "TRANSITION OPEN".
  std::vector<std::string> heard() {
    registry_->WaitForListeners();
    std::vector<std::string> texts;
    for (const Event& event : heard_) {
      std::string text(Name(event.type));
      if (event.type == EventType::kTransition) {
        text.append(" ").append(Name(event.transition.to));
      } else if (event.type == EventType::kRejection) {
        text.append(" ").append(Name(event.reason));
      } else if (event.outcome) {
        text.append(" ").append(Name(*event.outcome));
      }
      texts.push_back(std::move(text));
    }
    return texts;
  }
  CallReading calls() { return *registry_->TakeSnapshot().at(0).calls; }
  uint64_t calls(Outcome outcome, grpc::StatusCode code) {
    return calls().calls[static_cast<size_t>(outcome)][code];
  }

  std::vector<Event> heard_;  // must outlive the registry
  std::shared_ptr<Registry> registry_;
  OpenTarget target_;
  Subscription listener_;
};

TEST_F(CallEvents, ListenersHearAnOutageFromBeginningToEnd) {
  Call(Ok());
  EXPECT_THAT(heard(), IsEmpty());
  OpenCircuit();
  Begin();
  clock_.Advance(5s);
  Call(Refused(), 20ms);
  clock_.Advance(5s);
  Call(Ok(), 30ms);
  EXPECT_THAT(heard(),
              ElementsAre("TRANSITION OPEN", "REJECTION OPEN",
                          "TRANSITION HALF_OPEN", "PROBE", "TRANSITION OPEN",
                          "PROBE FAILURE", "TRANSITION HALF_OPEN", "PROBE",
                          "TRANSITION CLOSED", "PROBE SUCCESS"));
  EXPECT_EQ(heard_[0].code, absl::StatusCode::kUnavailable);
  EXPECT_EQ(heard_[0].detail, "connection refused");
  EXPECT_EQ(heard_[0].duration, Duration(1ms));
  EXPECT_EQ(heard_[1].retry_after, Duration(5s));
  EXPECT_EQ(heard_[2].code, std::nullopt) << "time did that";
  EXPECT_EQ(heard_[4].code, absl::StatusCode::kUnavailable);
  EXPECT_EQ(heard_[5].duration, Duration(20ms));
  EXPECT_EQ(heard_[8].code, std::nullopt) << "it did not fail";
  EXPECT_EQ(heard_[9].duration, Duration(30ms));
  EXPECT_EQ(heard_[9].code, absl::StatusCode::kOk);
}

TEST_F(CallEvents, ARejectionInDryRunIsNotEnforced) {
  OpenCircuit();
  method().breaker().SetOperatorMode(Mode::kDryRun);
  const auto call = Begin();
  EXPECT_THAT(heard(),
              ElementsAre("TRANSITION OPEN", "MODE", "REJECTION OPEN"));
  EXPECT_FALSE(heard_[2].enforced);
}

TEST_F(CallEvents, RejectionsByAForcedOpenCircuitHaveNoRetryAfter) {
  method().breaker().SetOperatorMode(Mode::kForcedOpen);
  Begin();
  EXPECT_THAT(heard(), ElementsAre("MODE", "REJECTION FORCED_OPEN"));
  EXPECT_EQ(heard_[1].retry_after, std::nullopt);
  EXPECT_TRUE(heard_[1].enforced);
}

TEST_F(CallEvents, AStreamingProbeEndsWithItsFirstMessage) {
  OpenCircuit();
  clock_.Advance(5s);
  const auto stream = Begin(Type::kServerStreaming);
  clock_.Advance(7ms);
  Receive(*stream);
  EXPECT_THAT(heard(),
              ElementsAre("TRANSITION OPEN", "TRANSITION HALF_OPEN", "PROBE",
                          "TRANSITION CLOSED", "PROBE SUCCESS"));
  EXPECT_EQ(heard_[4].duration, Duration(7ms));
  Finish(*stream, Ok());
  EXPECT_THAT(heard(), SizeIs(5));
}

TEST_F(CallEvents, TheEventOfABrokenStreamHasItsStatus) {
  const auto stream = Begin(Type::kBidiStreaming);
  Receive(*stream);
  clock_.Advance(90s);
  Finish(*stream, Refused());
  ASSERT_THAT(heard(), ElementsAre("BROKEN_STREAM"));
  EXPECT_EQ(heard_[0].code, absl::StatusCode::kUnavailable);
  EXPECT_EQ(heard_[0].detail, "connection refused");
  EXPECT_EQ(heard_[0].duration, Duration(90s));
}

TEST_F(CallEvents, AFallbackAnswerHasAnEventBesidesTheRejection) {
  method().breaker().SetOperatorMode(Mode::kForcedOpen);
  CallInterceptor call(MethodUse(&method()), *method().binding(), clock_,
                       RpcFacts(), nullptr, ChannelLink(),
                       std::make_unique<Answerer>());
  FakeBatch batch({Hook::PRE_SEND_INITIAL_METADATA});
  call.Intercept(&batch);
  EXPECT_THAT(heard(),
              ElementsAre("MODE", "REJECTION FORCED_OPEN", "FALLBACK"));
}

TEST_F(CallEvents, CallsAreCountedByVerdictCodeAndDuration) {
  for (int i = 0; i < 3; ++i) Call(Ok(), 2ms);
  Call(Refused(), 3s);
  int beyond = 999;  // a server may send any number
  Call(grpc::Status(static_cast<grpc::StatusCode>(beyond), ""));
  Call(grpc::Status(grpc::StatusCode::CANCELLED, ""));
  Begin();  // rejected
  EXPECT_EQ(calls(Outcome::kSuccess, grpc::StatusCode::OK), 3u);
  EXPECT_EQ(calls(Outcome::kFailure, grpc::StatusCode::UNAVAILABLE), 1u);
  EXPECT_EQ(calls(Outcome::kFailure, grpc::StatusCode::UNKNOWN), 1u);
  const auto failures =
      calls().durations[static_cast<size_t>(Outcome::kFailure)];
  EXPECT_EQ(failures.sum, Duration(3001ms));
}

TEST_F(CallEvents, AStreamIsCountedOnceAndByTheVerdictOfItsFirstMessage) {
  const auto stream = Begin(Type::kServerStreaming);
  Receive(*stream);
  EXPECT_EQ(calls(Outcome::kSuccess, grpc::StatusCode::OK), 0u);
  Finish(*stream, Refused());
  EXPECT_EQ(calls(Outcome::kSuccess, grpc::StatusCode::UNAVAILABLE), 1u);
  EXPECT_EQ(calls(Outcome::kFailure, grpc::StatusCode::UNAVAILABLE), 0u);
}

}  // namespace
}  // namespace fusebox::internal
