// How an interceptor judges the end of a call, without gRPC: which facts it
// collects, when it reads them, and what it reports to the breaker.

#include <gmock/gmock.h>
#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "fusebox/core/snapshot.h"
#include "fusebox/grpc/classifier.h"
#include "fusebox/grpc/internal/channel_link.h"
#include "fusebox/grpc/internal/user_code.h"
#include "fusebox/registry/registry.h"
#include "tests/grpc/call_interceptor_test.h"

namespace fusebox::internal {
namespace {

using grpc::StatusCode;
using std::chrono::milliseconds;
using std::chrono::seconds;

class CallOutcomeTest : public CallInterceptorTest {
 protected:
  // Puts all later calls under this policy.
  void Use(const Policy& policy) {
    guarded_ = std::make_unique<OneMethod>(
        policy, clock_, BreakerName{"shop", "/s/M", "tenant"});
  }
  void Classify(Classifier classifier) {
    classifier_ =
        std::make_unique<SafeClassifier>(std::move(classifier), *registry_);
  }

  std::unique_ptr<CallInterceptor> Begin(Type type = Type::kUnary,
                                         Deadline deadline = Deadline::max()) {
    peer_.finished = false;
    auto call = std::make_unique<CallInterceptor>(
        guarded_->use(), guarded_->binding, clock_, RpcFacts{type, deadline},
        classifier_.get(), ChannelLink(&nudger_, {}));
    Start(*call);
    return call;
  }
  void End(CallInterceptor& call, StatusCode code,
           const std::string& pushback_ms = "") {
    peer_.finished = true;
    int message = 0;
    FakeBatch batch({Hook::POST_RECV_INITIAL_METADATA, Hook::POST_RECV_STATUS,
                     Hook::POST_RECV_MESSAGE});
    batch.received_message = code == StatusCode::OK ? &message : nullptr;
    batch.status = grpc::Status(code, "why", "details");
    if (!pushback_ms.empty()) {
      batch.GetRecvTrailingMetadata()->emplace("grpc-retry-pushback-ms",
                                               pushback_ms);
    }
    call.Intercept(&batch);
    EXPECT_TRUE(batch.proceeded());
  }
  void Make(StatusCode code, const std::string& pushback_ms = "") {
    End(*Begin(), code, pushback_ms);
  }
  static void Cancel(CallInterceptor& call) {
    FakeBatch batch({Hook::PRE_SEND_CANCEL});
    call.Intercept(&batch);
  }

  Snapshot Now() { return guarded_->breaker().TakeSnapshot(); }
  TotalsReading Totals() { return Now().totals; }

  FakePeer& peer_ = *new FakePeer;
  ChannelNudger nudger_{std::unique_ptr<ChannelAccess>(&peer_),
                        /*nudges=*/false};
  const std::shared_ptr<Registry> registry_ = Registry::Create();
  std::unique_ptr<SafeClassifier> classifier_;
  std::unique_ptr<OneMethod> guarded_;

  void SetUp() override { Use(Policy()); }
};

// --- The peer.

TEST_F(CallOutcomeTest, ThePeerIsReadOnlyIfItMatters) {
  for (int code = 0; code <= 16; ++code) {
    peer_.readings = 0;
    const uint64_t failures = Totals().failures;
    Make(static_cast<StatusCode>(code));
    const bool decides = code == StatusCode::RESOURCE_EXHAUSTED ||
                         code == StatusCode::UNAUTHENTICATED;
    EXPECT_EQ(peer_.readings, decides || Totals().failures > failures ? 1 : 0)
        << code;
    guarded_->breaker().Reset();
  }
}

TEST_F(CallOutcomeTest, WithAClassifierThePeerIsReadAtTheStartAndAtTheEnd) {
  Classify([](const FinishedCall&) { return std::nullopt; });
  const auto call = Begin();
  EXPECT_EQ(peer_.readings, 1);
  End(*call, StatusCode::OK);
  EXPECT_EQ(peer_.readings, 2);
}

TEST_F(CallOutcomeTest, LocalCodesThatDependOnTheOriginAreIgnored) {
  Make(StatusCode::RESOURCE_EXHAUSTED);
  Make(StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(Totals().failures, 1u);
  EXPECT_EQ(Totals().successes, 1u);
  EXPECT_EQ(Totals().ignored, 0u);
  peer_.at_end = peer_.target;
  Make(StatusCode::RESOURCE_EXHAUSTED);
  Make(StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(Totals().failures, 1u);
  EXPECT_EQ(Totals().successes, 1u);
  EXPECT_EQ(Totals().ignored, 2u);
}

// --- The classifier.

TEST_F(CallOutcomeTest, AClassifierSeesAUnaryCall) {
  std::vector<FinishedCall> seen;
  Classify([&](const FinishedCall& call) {
    EXPECT_EQ(call.target, "shop");
    EXPECT_EQ(call.method, "/s/M");
    EXPECT_EQ(call.key, "tenant");
    EXPECT_EQ(call.type, RpcType::kUnary);
    EXPECT_EQ(call.code, StatusCode::RESOURCE_EXHAUSTED);
    EXPECT_EQ(call.status.error_message(), "why");
    EXPECT_EQ(call.status.error_details(), "details");
    EXPECT_EQ(call.trailers.find("grpc-retry-pushback-ms")->second, "250");
    EXPECT_EQ(call.origin, Origin::kServer);
    EXPECT_EQ(call.duration, seconds(2));
    EXPECT_EQ(call.first_message, std::nullopt);
    EXPECT_EQ(call.messages_received, 0u);
    EXPECT_FALSE(call.cancelled);
    EXPECT_FALSE(call.reply_missing);
    EXPECT_EQ(call.budget, std::nullopt);
    EXPECT_EQ(call.outcome, Outcome::kFailure);
    seen.push_back(call);
    return std::nullopt;
  });
  const auto call = Begin();
  clock_.Advance(seconds(2));
  End(*call, StatusCode::RESOURCE_EXHAUSTED, "250");
  EXPECT_EQ(seen.size(), 1u);
  EXPECT_EQ(Totals().failures, 1u);
}

TEST_F(CallOutcomeTest, AClassifierSeesAStream) {
  int asked = 0;
  Classify([&](const FinishedCall& call) {
    ++asked;
    EXPECT_EQ(call.type, RpcType::kBidiStreaming);
    EXPECT_EQ(call.duration, seconds(7));
    EXPECT_EQ(call.first_message, seconds(3));
    EXPECT_EQ(call.messages_received, 2u);
    EXPECT_TRUE(call.cancelled);
    EXPECT_GT(call.budget, std::chrono::minutes(59));
    EXPECT_LE(call.budget, std::chrono::minutes(60));
    EXPECT_EQ(call.outcome, Outcome::kIgnored);
    return std::nullopt;
  });
  const auto call =
      Begin(Type::kBidiStreaming,
            std::chrono::system_clock::now() + std::chrono::minutes(60));
  clock_.Advance(seconds(3));
  Receive(*call);
  clock_.Advance(seconds(4));
  Receive(*call);
  Cancel(*call);
  End(*call, StatusCode::CANCELLED);
  EXPECT_EQ(asked, 1);
}

TEST_F(CallOutcomeTest, AClassifierSeesAMissingReplyAndItsMessages) {
  std::vector<std::pair<bool, uint64_t>> seen;
  Classify([&](const FinishedCall& call) {
    seen.emplace_back(call.reply_missing, call.messages_received);
    return std::nullopt;
  });
  Make(StatusCode::OK);
  const auto call = Begin();
  FakeBatch batch({Hook::POST_RECV_INITIAL_METADATA, Hook::POST_RECV_STATUS,
                   Hook::POST_RECV_MESSAGE});
  call->Intercept(&batch);
  EXPECT_THAT(seen, testing::ElementsAre(testing::Pair(false, 1u),
                                         testing::Pair(true, 0u)));
}

TEST_F(CallOutcomeTest, ADeadlineThatHasAlreadyPassedGivesABudgetOfZero) {
  std::vector<std::optional<Duration>> seen;
  Classify([&](const FinishedCall& call) {
    seen.push_back(call.budget);
    return std::nullopt;
  });
  for (const Deadline deadline :
       {Deadline::min(), std::chrono::system_clock::now() - seconds(1)}) {
    End(*Begin(Type::kUnary, deadline), StatusCode::DEADLINE_EXCEEDED);
  }
  EXPECT_THAT(seen, testing::Each(Duration(0)));
  EXPECT_EQ(Totals().ignored, 2u);
}

TEST_F(CallOutcomeTest, AClassifierSeesAnInvalidCodeAsUnknown) {
  Classify([](const FinishedCall& call) {
    EXPECT_EQ(call.code, StatusCode::UNKNOWN);
    EXPECT_EQ(static_cast<int>(call.status.error_code()), 999);
    return std::nullopt;
  });
  int beyond = 999;  // a server may send any number
  Make(static_cast<StatusCode>(beyond));
  EXPECT_EQ(Totals().failures, 1u);
}

TEST_F(CallOutcomeTest, ATargetSpelledLikeAnAddressDoesNotDeceiveAClassifier) {
  std::vector<Origin> seen;
  Classify([&](const FinishedCall& call) {
    seen.push_back(call.origin);
    return std::nullopt;
  });
  Make(StatusCode::UNAVAILABLE);
  peer_.target = peer_.at_end;  // "ipv4:10.0.0.1:443"
  Make(StatusCode::UNAVAILABLE);
  peer_.target = peer_.at_end = "shop:443";
  Make(StatusCode::UNAVAILABLE);
  EXPECT_THAT(seen, testing::ElementsAre(Origin::kServer, Origin::kUnknown,
                                         Origin::kLocal));
}

TEST_F(CallOutcomeTest, TheClassifierDecidesTheOutcome) {
  std::optional<Outcome> answer;
  Classify([&](const FinishedCall&) { return answer; });
  answer = Outcome::kFailure;
  Make(StatusCode::OK);
  EXPECT_EQ(Totals().failures, 1u);
  answer = Outcome::kSuccess;
  Make(StatusCode::UNAVAILABLE);
  EXPECT_EQ(Totals().successes, 1u);
  answer = Outcome::kIgnored;
  Make(StatusCode::UNAVAILABLE);
  EXPECT_EQ(Totals().ignored, 1u);
  answer = std::nullopt;
  Make(StatusCode::UNAVAILABLE);
  EXPECT_EQ(Totals().failures, 2u);
}

TEST_F(CallOutcomeTest, ASettledStreamThatAClassifierFailsIsBroken) {
  Policy policy;
  policy.count_broken_streams = true;
  policy.consecutive_failures = 1;
  Use(policy);
  Classify([](const FinishedCall& call) {
    EXPECT_EQ(call.outcome, Outcome::kSuccess);
    return Outcome::kFailure;
  });
  const auto call = Begin(Type::kServerStreaming);
  Receive(*call);
  End(*call, StatusCode::NOT_FOUND);
  EXPECT_EQ(Totals().successes, 1u);
  EXPECT_EQ(Totals().broken_streams, 1u);
  EXPECT_EQ(Now().state, State::kOpen);
}

TEST_F(CallOutcomeTest, AClassifierIsNotCalledForACallWithoutAStatus) {
  int asked = 0;
  Classify([&](const FinishedCall&) {
    ++asked;
    return std::nullopt;
  });
  Begin().reset();
  EXPECT_EQ(Totals().abandoned, 1u);
  EXPECT_EQ(Totals().ended, 1u);
  EXPECT_EQ(asked, 0);
}

#ifdef __cpp_exceptions
TEST_F(CallOutcomeTest, IfAClassifierThrowsTheDefaultAppliesAndItIsCounted) {
  Classify([](const FinishedCall&) -> std::optional<Outcome> {
    throw std::runtime_error("no idea");
  });
  Make(StatusCode::UNAVAILABLE);
  Make(StatusCode::OK);
  EXPECT_EQ(Totals().failures, 1u);
  EXPECT_EQ(Totals().successes, 1u);
  EXPECT_EQ(registry_->callback_errors(), 2u);
}
#endif

// --- Cancellations.

TEST_F(CallOutcomeTest,
       OwnAndOtherCancellationsAreIgnoredAndCountedSeparately) {
  for (int i = 0; i < 2; ++i) {
    const auto call = Begin();
    Cancel(*call);
    End(*call, StatusCode::CANCELLED);
  }
  for (int i = 0; i < 3; ++i) Make(StatusCode::CANCELLED);
  EXPECT_EQ(Totals().ignored, 5u);
  EXPECT_EQ(Totals().own_cancels, 2u);
  EXPECT_EQ(Totals().other_cancels, 3u);
  EXPECT_EQ(Totals().abandoned, 0u);
}

TEST_F(CallOutcomeTest, ACancelledCallWithAnotherStatusIsNotACancellation) {
  const auto call = Begin();
  Cancel(*call);
  End(*call, StatusCode::UNAVAILABLE);
  EXPECT_EQ(Totals().failures, 1u);
  EXPECT_EQ(Totals().own_cancels, 0u);
}

TEST_F(CallOutcomeTest,
       ACancellationThatCountsAsAFailureIsNotCountedSeparately) {
  Policy policy;
  policy.failure_codes = {absl::StatusCode::kCancelled};
  Use(policy);
  Make(StatusCode::CANCELLED);
  EXPECT_EQ(Totals().failures, 1u);
  EXPECT_EQ(Totals().other_cancels, 0u);
}

// --- Durations under the slow-call rule. One slow call opens the circuit.

class CallDurationTest : public CallOutcomeTest {
 protected:
  void Use(StreamVerdict verdict) {
    Policy policy;
    policy.slow_call_rate = SlowCallRate{seconds(5), 0.01, 1};
    policy.stream_verdict = verdict;
    CallOutcomeTest::Use(policy);
  }
  // Returns whether a call counts as slow. Its first message, if it has one,
  // comes after `first`, and its status comes `rest` later.
  bool IsSlow(Type type, std::optional<Duration> first, Duration rest) {
    const auto call = Begin(type);
    if (first) {
      clock_.Advance(*first);
      Receive(*call);
      clock_.Advance(milliseconds(1));
      Receive(*call);  // later messages do not matter
    }
    clock_.Advance(rest);
    End(*call, StatusCode::OK);
    return Now().state == State::kOpen;
  }
};

TEST_F(CallDurationTest, OfAStreamEndsAtItsFirstMessage) {
  for (const auto verdict :
       {StreamVerdict::kFirstMessage, StreamVerdict::kFinalStatus}) {
    for (const Type type : {Type::kServerStreaming, Type::kBidiStreaming}) {
      Use(verdict);
      EXPECT_FALSE(IsSlow(type, seconds(4), seconds(100)));
      EXPECT_TRUE(IsSlow(type, seconds(5), seconds(0)));
    }
  }
}

TEST_F(CallDurationTest, OfAStreamWithoutMessagesEndsAtItsStatus) {
  for (const auto verdict :
       {StreamVerdict::kFirstMessage, StreamVerdict::kFinalStatus}) {
    Use(verdict);
    const auto call = Begin(Type::kServerStreaming);
    clock_.Advance(seconds(5));
    FakeBatch batch({Hook::POST_RECV_STATUS});
    call->Intercept(&batch);
    EXPECT_EQ(Now().state, State::kOpen);
  }
}

TEST_F(CallDurationTest, OfACallWithASingleReplyEndsAtItsStatus) {
  for (const Type type : {Type::kUnary, Type::kClientStreaming}) {
    Use(StreamVerdict::kFirstMessage);
    EXPECT_FALSE(IsSlow(type, seconds(2), seconds(2)));
    EXPECT_TRUE(IsSlow(type, seconds(2), seconds(3)));
  }
}

TEST_F(CallDurationTest, OfAProbeDecidesWhetherTheCircuitCloses) {
  for (const auto verdict :
       {StreamVerdict::kFirstMessage, StreamVerdict::kFinalStatus}) {
    Use(verdict);
    ASSERT_TRUE(IsSlow(Type::kUnary, std::nullopt, seconds(5)));
    for (const Type type :
         {Type::kUnary, Type::kServerStreaming, Type::kBidiStreaming}) {
      clock_.Advance(seconds(60));
      EXPECT_TRUE(IsSlow(type, seconds(5), seconds(0)));
      EXPECT_EQ(Now().opened_by.reason, TransitionReason::kProbeSlow);
    }
    clock_.Advance(seconds(60));
    EXPECT_FALSE(IsSlow(Type::kServerStreaming, seconds(4), seconds(100)));
    EXPECT_EQ(Now().state, State::kClosed);
  }
}

// Counts how often it is read.
class CountingClock final : public Clock {
 public:
  TimePoint Now() const noexcept override {
    ++readings;
    return TimePoint();
  }
  mutable int readings = 0;
};

TEST_F(CallDurationTest, IsMeasuredOnceForAnyNumberOfMessages) {
  for (const auto verdict :
       {StreamVerdict::kFirstMessage, StreamVerdict::kFinalStatus}) {
    Use(verdict);
    CountingClock clock;
    CallInterceptor call(guarded_->use(), guarded_->binding, clock,
                         RpcFacts{Type::kServerStreaming});
    Start(call);
    for (int i = 0; i < 5; ++i) Receive(call);
    EXPECT_EQ(clock.readings, 2);
    End(call, StatusCode::OK);
    EXPECT_EQ(clock.readings, 3);
  }
}

// --- Streams that end while they are idle, from an age of 60 s on.

class IdleStreamTest : public CallOutcomeTest {
 protected:
  void Use(StreamVerdict verdict) {
    Policy policy;
    policy.consecutive_failures = 1;
    policy.idle_stream_age = seconds(60);
    policy.stream_verdict = verdict;
    policy.count_broken_streams = true;
    CallOutcomeTest::Use(policy);
  }
  // Ends a stream of that age without a message. Returns the totals.
  TotalsReading EndAt(Duration age, Type type = Type::kServerStreaming) {
    const auto call = Begin(type);
    clock_.Advance(age);
    FakeBatch batch({Hook::POST_RECV_INITIAL_METADATA, Hook::POST_RECV_STATUS});
    batch.status = grpc::Status(StatusCode::UNAVAILABLE, "idle");
    call->Intercept(&batch);
    return Totals();
  }
};

TEST_F(IdleStreamTest, AreIgnoredWhateverTheStreamVerdict) {
  for (const auto verdict :
       {StreamVerdict::kFirstMessage, StreamVerdict::kFinalStatus}) {
    for (const Type type : {Type::kServerStreaming, Type::kBidiStreaming}) {
      Use(verdict);
      EXPECT_EQ(EndAt(seconds(60), type).ignored, 1u);
      EXPECT_EQ(Now().state, State::kClosed);
      EXPECT_EQ(EndAt(seconds(60) - Duration(1), type).failures, 1u);
      EXPECT_EQ(Now().state, State::kOpen);
    }
  }
}

TEST_F(IdleStreamTest, DoNotDecideAboutProbes) {
  Use(StreamVerdict::kFirstMessage);
  EndAt(seconds(1));
  clock_.Advance(seconds(60));
  EndAt(seconds(60));
  EXPECT_EQ(Now().state, State::kHalfOpen);
  EXPECT_EQ(Now().probes_in_flight, 0u);
}

TEST_F(IdleStreamTest, AreNoneIfTheyHaveReceivedAMessage) {
  for (const auto verdict :
       {StreamVerdict::kFirstMessage, StreamVerdict::kFinalStatus}) {
    Use(verdict);
    const auto call = Begin(Type::kServerStreaming);
    Receive(*call);
    clock_.Advance(seconds(3600));
    End(*call, StatusCode::UNAVAILABLE);
    EXPECT_EQ(Now().state, State::kOpen);
  }
}

TEST_F(IdleStreamTest, MayBeFailuresForAClassifier) {
  Use(StreamVerdict::kFirstMessage);
  Classify([](const FinishedCall& call) -> std::optional<Outcome> {
    EXPECT_EQ(call.outcome, Outcome::kIgnored);
    return Outcome::kFailure;
  });
  EXPECT_EQ(EndAt(seconds(60)).failures, 1u);
}

// --- Push-back. One failure opens the circuit, for 10 s without push-back.

class CallPushbackTest : public CallOutcomeTest {
 protected:
  void SetUp() override {
    Policy policy;
    policy.consecutive_failures = 1;
    policy.open_duration = seconds(10);
    policy.max_pushback = seconds(30);
    policy.count_broken_streams = true;
    Use(policy);
  }
  Duration OpenFor() {
    const Snapshot now = Now();
    return now.open_until ? *now.open_until - clock_.Now() : Duration(0);
  }
};

TEST_F(CallPushbackTest, LengthensTheOpeningThatTheFailureCauses) {
  const struct {
    const char* pushback_ms;
    Duration length;
  } kRows[] = {{"", seconds(10)},      {"5000", seconds(10)},
               {"20000", seconds(20)}, {"99000", seconds(30)},
               {"-1", seconds(10)},    {"soon", seconds(10)}};
  for (const auto& row : kRows) {
    Make(StatusCode::UNAVAILABLE, row.pushback_ms);
    EXPECT_EQ(OpenFor(), row.length) << row.pushback_ms;
    guarded_->breaker().Reset();
  }
}

TEST_F(CallPushbackTest, CountsOnlyIfTheCallFailed) {
  Make(StatusCode::OK, "20000");
  Make(StatusCode::NOT_FOUND, "20000");
  Make(StatusCode::CANCELLED, "20000");
  EXPECT_EQ(Now().state, State::kClosed);
  Make(StatusCode::UNAVAILABLE);
  EXPECT_EQ(OpenFor(), seconds(10));
}

TEST_F(CallPushbackTest, OfABrokenStreamCountsIfTheStreamCounts) {
  const auto call = Begin(Type::kServerStreaming);
  Receive(*call);
  End(*call, StatusCode::UNAVAILABLE, "20000");
  EXPECT_EQ(OpenFor(), seconds(20));
}

}  // namespace
}  // namespace fusebox::internal
