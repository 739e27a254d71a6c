// Rules for the outcome of a call, on real calls of each flavour, in-process
// and over TCP. Other rules are tested by ending_test.cc (deadlines) and
// stream_verdict_test.cc.

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/grpc/classifier.h"
#include "fusebox/grpc/interceptor_factory.h"
#include "fusebox/grpc/internal/rpc_status.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/policy/code_classifier.h"
#include "fusebox/registry/registry.h"
#include "fusebox/testing/scripted_server.h"
#include "tests/base/signal.h"
#include "tests/grpc/driver.h"
#include "tests/grpc/flavour_fixture.h"

namespace fusebox::internal {
namespace {

using grpc::StatusCode;
using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::system_clock;

// How a breaker counted a call.
struct Counts {
  uint64_t successes = 0;
  uint64_t failures = 0;
  uint64_t ignored = 0;
  uint64_t abandoned = 0;  // part of `ignored`, like the next two
  uint64_t own_cancels = 0;
  uint64_t other_cancels = 0;
  uint64_t broken = 0;
};
constexpr Counts kSuccess = {1, 0, 0};
constexpr Counts kFailure = {0, 1, 0};
constexpr Counts kIgnored = {0, 0, 1};
constexpr Counts kAbandoned = {0, 0, 1, 1};
constexpr Counts kOwnCancel = {0, 0, 1, 0, 1};
constexpr Counts kOtherCancel = {0, 0, 1, 0, 0, 1};

auto Everything(const Counts& c) {
  return std::tie(c.successes, c.failures, c.ignored, c.abandoned,
                  c.own_cancels, c.other_cancels, c.broken);
}
bool operator==(const Counts& a, const Counts& b) {
  return Everything(a) == Everything(b);
}
std::ostream& operator<<(std::ostream& os, const Counts& c) {
  return os << c.successes << " successes, " << c.failures << " failures, "
            << c.ignored << " ignored, of them " << c.abandoned
            << " abandoned, " << c.own_cancels << " own and " << c.other_cancels
            << " other cancels; " << c.broken << " broken";
}

bool Reads(const Flavour& flavour) {
  return flavour.shape == Shape::kServerStream || flavour.shape == Shape::kBidi;
}

// Returns all flavours except those that write nothing until they have the
// server's initial metadata: a scripted server sends these with its first
// message.
std::vector<Flavour> AllFlavours() {
  return FlavoursThat([](const Flavour& flavour) {
    const bool writes =
        flavour.shape == Shape::kClientStream || flavour.shape == Shape::kBidi;
    return !writes || (flavour.how & kInitialMetadata) == 0;
  });
}

// Returns a good reply for this flavour.
ScriptedReply Good(const Flavour& flavour) {
  return flavour.shape == Shape::kClientStream ? ScriptedReply::EchoLast()
                                               : ScriptedReply::Echo();
}
ScriptedReply Down() {
  return ScriptedReply::Error(StatusCode::UNAVAILABLE, "down");
}

// The server, the channel and the breaker of one flavour.
class Scene {
 public:
  Scene(const Flavour& flavour, Transport transport, const Policy& policy)
      : flavour_(flavour), guarded_(server_, transport, With(policy)) {}

  const Flavour& flavour() const { return flavour_; }
  ScriptedServer& server() { return server_; }
  GuardedChannel& guarded() { return guarded_; }

  Seen Call(grpc::ClientContext* context, const Plan& plan = {}) {
    return flavour_.Call(guarded_.channel(), context, plan);
  }
  Seen Call() {
    grpc::ClientContext context;
    return Call(&context);
  }
  // Makes a call. The server falls silent at first, or after the application
  // has read a stream's first message. Then it runs `meanwhile`, and then the
  // server continues.
  Seen CallThatHangs(
      bool after_message,
      const std::function<void(grpc::ClientContext*)>& meanwhile =
          [](grpc::ClientContext*) {}) {
    grpc::ClientContext context;
    Signal read;
    Plan plan;
    plan.midway = [&] { read.Happen(); };
    Seen seen;
    std::thread call([&] { seen = Call(&context, plan); });
    if (after_message) read.Wait();
    server_.WaitForHung(1);
    meanwhile(&context);
    server_.ReleaseHung();
    call.join();
    return seen;
  }

  Snapshot Now() { return guarded_.Now(flavour_.method()); }
  Counts Counted() {
    const TotalsReading totals = Now().totals;
    return {totals.successes,     totals.failures,    totals.ignored,
            totals.abandoned,     totals.own_cancels, totals.other_cancels,
            totals.broken_streams};
  }

 private:
  static Config With(const Policy& policy) {
    Config config;
    config.default_policy = policy;
    return config;
  }

  const Flavour flavour_;
  ScriptedServer server_;
  GuardedChannel guarded_;
};

// A rule: the setup, the call, and how the breaker counts it.
struct Rule {
  const char* name;
  std::function<Counts(const Flavour& flavour, Transport transport)> counts;
  std::function<void(Scene& scene)> happens;
  Policy policy = {};
  bool (*applies)(const Flavour& flavour) = [](const Flavour&) { return true; };
};
std::ostream& operator<<(std::ostream& os, const Rule& rule) {
  return os << rule.name;
}

auto Always(Counts counts) {
  return [=](const Flavour&, Transport) { return counts; };
}
// In-process, the origin of a status is unknown.
auto OverTcp(Counts over_tcp, Counts in_process) {
  return [=](const Flavour&, Transport transport) {
    return transport == Transport::kTcp ? over_tcp : in_process;
  };
}

auto Answers(ScriptedReply reply, StatusCode code) {
  return [=](Scene& scene) {
    scene.server().Respond(reply);
    EXPECT_EQ(scene.Call().status.error_code(), code);
  };
}

// Makes a call on a channel with this limit.
using Limit = void (grpc::ChannelArguments::*)(int);
Seen CallWith(Limit limit, Scene& scene) {
  scene.server().Respond(Good(scene.flavour()));
  (scene.guarded().arguments.*limit)(1);
  scene.guarded().Reconnect(scene.server());
  return scene.Call();
}
auto Limited(Limit limit) {
  return [=](Scene& scene) {
    EXPECT_EQ(CallWith(limit, scene).status.error_code(),
              StatusCode::RESOURCE_EXHAUSTED);
  };
}

// Makes a call with this status code, under a classifier that reads a trailer.
auto Classified(StatusCode code, const char* verdict) {
  return [=](Scene& scene) {
    scene.guarded().options.classifier =
        [](const FinishedCall& call) -> std::optional<Outcome> {
      const auto found = call.trailers.find("verdict");
      if (found == call.trailers.end()) return std::nullopt;
      if (found->second == "failure") return Outcome::kFailure;
      if (found->second == "ignored") return Outcome::kIgnored;
      return Outcome::kSuccess;
    };
    scene.guarded().Reconnect(scene.server());
    ScriptedReply reply = code == StatusCode::OK ? Good(scene.flavour())
                                                 : ScriptedReply::Error(code);
    scene.server().Respond(std::move(reply).WithTrailer("verdict", verdict));
    EXPECT_EQ(scene.Call().status.error_code(), code);
  };
}

// Makes one call that ends with each code, and expects the outcome that the
// classifier gives it.
void EndWithEachCode(Scene& scene, const CodeClassifier& classifier) {
  Counts counts = scene.Counted();
  for (int number = 1; number <= 16; ++number) {
    const auto code = static_cast<StatusCode>(number);
    Answers(ScriptedReply::Error(code), code)(scene);
    const Outcome outcome = classifier.Classify(number);
    counts.successes += outcome == Outcome::kSuccess;
    counts.failures += outcome == Outcome::kFailure;
    counts.ignored += outcome == Outcome::kIgnored;
    counts.other_cancels +=
        outcome == Outcome::kIgnored && code == StatusCode::CANCELLED;
    EXPECT_EQ(scene.Counted(), counts) << number;
  }
}

void CancelWhileSilent(Scene& scene) {
  scene.server().Respond(ScriptedReply::Hang());
  const Seen seen = scene.CallThatHangs(
      false, [](grpc::ClientContext* context) { context->TryCancel(); });
  EXPECT_EQ(seen.status.error_code(), StatusCode::CANCELLED);
}

Policy FinalStatus() {
  Policy policy;
  policy.stream_verdict = StreamVerdict::kFinalStatus;
  return policy;
}
Policy NeverOpens() {
  Policy policy;
  policy.consecutive_failures = 0;
  return policy;
}
Policy NotFoundFails() {
  Policy policy;
  policy.failure_codes = {absl::StatusCode::kNotFound};
  policy.ignored_codes = {absl::StatusCode::kUnavailable};
  return policy;
}
Policy CancelledFails() {
  Policy policy;
  policy.failure_codes = {absl::StatusCode::kCancelled};
  return policy;
}

const std::vector<Rule>& Rules() {
  static const auto& rules = *new std::vector<Rule>{
      {"AGoodReplyIsASuccess", Always(kSuccess),
       [](Scene& scene) {
         scene.server().Respond(Good(scene.flavour()));
         EXPECT_TRUE(scene.Call().status.ok());
       }},
      {"EachCodeFromTheServerHasItsDefaultOutcome",
       Always({/*successes=*/9, /*failures=*/6, /*ignored=*/1, 0, 0,
               /*other_cancels=*/1}),
       [](Scene& scene) { EndWithEachCode(scene, CodeClassifier()); },
       NeverOpens()},
      {"ThePolicysCodeListsOverrideTheDefaults",
       Always({/*successes=*/14, /*failures=*/1, /*ignored=*/1}),
       [](Scene& scene) {
         EndWithEachCode(scene, CodeClassifier(NotFoundFails()));
       },
       NotFoundFails()},
      // What the application sees depends on gRPC's version: the number itself
      // (1.51), UNKNOWN, or INTERNAL.
      {"AnInvalidCodeIsAFailure", Always({0, /*failures=*/3}),
       [](Scene& scene) {
         for (const int code : {17, 100, 999}) {
           scene.server().Respond(
               ScriptedReply::Error(static_cast<StatusCode>(code)));
           EXPECT_FALSE(scene.Call().status.ok());
         }
       }},
      {"AStatusThatImitatesARejectionIsAFailure", Always(kFailure),
       [](Scene& scene) {
         scene.server().Respond(
             ScriptedReply::Error(StatusCode::UNAVAILABLE, "busy", "\x08\x0e")
                 .WithTrailer("fusebox-rejection", "OPEN"));
         EXPECT_FALSE(IsRejection(scene.Call().status));
       }},
      {"OkWithoutItsSingleReplyIsAFailure",
       [](const Flavour& flavour, Transport) {
         // The streams of a generic stub are bidi streams.
         const bool may_have_none =
             Reads(flavour) ||
             (flavour.shape == Shape::kClientStream && flavour.generic());
         return may_have_none ? kSuccess : kFailure;
       },
       [](Scene& scene) {
         scene.server().Respond(ScriptedReply::NoMessage());
         EXPECT_EQ(scene.Call().reply(), "");
       }},
      // This cannot be detected if a generic stub passes on the bytes, or if
      // gRPC's unary reactor returns OK and an empty message.
      {"AReplyThatDoesNotParseIsAFailure",
       [](const Flavour& flavour, Transport) {
         return (flavour.how & (kGeneric | kReactor)) != 0 ? kSuccess
                                                           : kFailure;
       },
       [](Scene& scene) {
         scene.server().Respond(
             ScriptedReply::Bytes("\xff\xff\xff not a message"));
         EXPECT_EQ(scene.Call().reply(), "");
       },
       {},
       [](const Flavour& flavour) { return flavour.shape == Shape::kUnary; }},
      {"AMessageBeyondTheLimitForSendingIsIgnored",
       OverTcp(kIgnored, kFailure),
       Limited(&grpc::ChannelArguments::SetMaxSendMessageSize),
       {},
       // The excluded flavours may end their stream on the transport before it
       // causes the status (see Origin in classifier.h).
       [](const Flavour& flavour) {
         return flavour.api != Api::kCallback ||
                flavour.shape == Shape::kUnary ||
                flavour.shape == Shape::kServerStream;
       }},
      {"AMessageBeyondTheLimitForReceivingIsIgnored",
       OverTcp(kIgnored, kFailure),
       Limited(&grpc::ChannelArguments::SetMaxReceiveMessageSize),
       {},
       [](const Flavour& flavour) { return !Reads(flavour); }},
      {"CredentialsThatMayNotBeSentAreIgnored",
       OverTcp(kIgnored, kSuccess),  // in-process, gRPC sends them
       [](Scene& scene) {
         scene.server().Respond(Good(scene.flavour()));
         grpc::ClientContext context;
         context.set_credentials(grpc::AccessTokenCredentials("secret"));
         scene.Call(&context);
       }},
      {"OwnCancellationIsIgnored", Always(kOwnCancel), &CancelWhileSilent},
      {"OwnCancellationIsIgnoredEvenIfCancelledIsAFailure", Always(kOwnCancel),
       &CancelWhileSilent, CancelledFails()},
      {"TheServersCancellationIsAFailureIfCancelledIsOne", Always(kFailure),
       Answers(ScriptedReply::Error(StatusCode::CANCELLED),
               StatusCode::CANCELLED),
       CancelledFails()},
      {"ARejectionByAnotherBreakerIsIgnored", Always(kIgnored),
       [](Scene& scene) {
         Config config;
         config.default_policy.mode = Mode::kForcedOpen;
         InterceptorFactories inner;
         inner.push_back(std::make_unique<CircuitBreakerInterceptorFactory>(
             Registry::Create(config).value()));
         scene.guarded().Reconnect(scene.server(), {}, std::move(inner));
         EXPECT_TRUE(IsRejection(scene.Call().status));
         EXPECT_EQ(scene.server().calls(), 0u);
       }},
      {"ACallWithoutAStatusIsIgnored", Always(kAbandoned),
       [](Scene& scene) {
         scene.server().Respond(Good(scene.flavour()));
         grpc::ClientContext context;
         Plan plan;
         plan.end = Plan::End::kNotFinished;
         EXPECT_EQ(scene.Call(&context, plan).completions, 0);
       },
       FinalStatus(),
       [](const Flavour& flavour) {
         return flavour.Does(Plan::End::kNotFinished);
       }},
      {"AClassifierMayFailASuccess", Always(kFailure),
       Classified(StatusCode::OK, "failure"), FinalStatus()},
      {"AClassifierMayIgnoreAFailure", Always(kIgnored),
       Classified(StatusCode::UNAVAILABLE, "ignored")},
      {"AClassifierMayPassAFailure", Always(kSuccess),
       Classified(StatusCode::UNAVAILABLE, "success")},
  };
  return rules;
}

class OutcomeRulesTest
    : public testing::TestWithParam<std::tuple<Rule, Transport>> {};
INSTANTIATE_TEST_SUITE_P(Each, OutcomeRulesTest,
                         testing::Combine(testing::ValuesIn(Rules()),
                                          BothTransports()),
                         RowName());

TEST_P(OutcomeRulesTest, HoldsForEveryFlavour) {
  const auto& [rule, transport] = GetParam();
  int tried = 0;
  for (const Flavour& flavour : AllFlavours()) {
    if (!rule.applies(flavour)) continue;
    SCOPED_TRACE(flavour.name);
    ++tried;
    Scene scene(flavour, transport, rule.policy);
    rule.happens(scene);
    EXPECT_EQ(scene.Counted(), rule.counts(flavour, transport));
    scene.guarded().ExpectNothingHeld(flavour.method());
  }
  EXPECT_GE(tried, 4);
}

// --- What else a breaker learns from a call, for every flavour.

class VerdictTest : public testing::TestWithParam<Transport> {
 protected:
  void ForEach(const Policy& policy,
               const std::function<void(Scene& scene)>& test) {
    for (const Flavour& flavour : AllFlavours()) {
      SCOPED_TRACE(flavour.name);
      Scene scene(flavour, GetParam(), policy);
      test(scene);
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Each, VerdictTest, BothTransports(),
                         [](const auto& row) { return Name(row.param); });

TEST_P(VerdictTest, TheTimeToTheFirstMessageDecidesWhetherACallIsSlow) {
  Policy policy;
  policy.slow_call_rate = SlowCallRate{seconds(5), 0.01, 1};
  for (const auto verdict :
       {StreamVerdict::kFirstMessage, StreamVerdict::kFinalStatus}) {
    policy.stream_verdict = verdict;
    ForEach(policy, [](Scene& scene) {
      const auto wait = [&](grpc::ClientContext*) {
        scene.guarded().clock().Advance(seconds(5));
      };
      if (Reads(scene.flavour())) {
        scene.server().Enqueue(ScriptedReply::Echo().HangAfter(1));
        EXPECT_TRUE(scene.CallThatHangs(true, wait).status.ok());
        EXPECT_EQ(scene.Now().state, State::kClosed);
      }
      scene.server().Enqueue(Good(scene.flavour()).HangAfter(0));
      EXPECT_TRUE(scene.CallThatHangs(false, wait).status.ok());
      EXPECT_EQ(scene.Now().state, State::kOpen);
      EXPECT_EQ(scene.Now().opened_by.reason, TransitionReason::kSlowCallRate);
    });
  }
}

// gRPC 1.51 ends such a stream with RESOURCE_EXHAUSTED, gRPC 1.83 often with
// CANCELLED (grpc_faults.cc).
TEST_P(VerdictTest, AStreamThatReadsBeyondTheLimitCountsByItsStatus) {
  ForEach(Policy(), [](Scene& scene) {
    if (!Reads(scene.flavour())) return;
    const StatusCode code =
        CallWith(&grpc::ChannelArguments::SetMaxReceiveMessageSize, scene)
            .status.error_code();
    if (code == StatusCode::CANCELLED) {
      EXPECT_EQ(scene.Counted(), kOtherCancel);
    } else {
      EXPECT_EQ(code, StatusCode::RESOURCE_EXHAUSTED);
      EXPECT_EQ(scene.Counted(),
                GetParam() == Transport::kTcp ? kIgnored : kFailure);
    }
  });
}

TEST_P(VerdictTest, PushbackOfAFailureLengthensItsOpening) {
  Policy policy;
  policy.consecutive_failures = 1;
  policy.open_duration = seconds(10);
  policy.max_pushback = seconds(40);
  RpcStatus retry_info;
  retry_info.code = StatusCode::UNAVAILABLE;
  retry_info.retry_delay = seconds(30);
  const std::string details = EncodeRpcStatus(retry_info);
  const struct {
    const char* trailer;
    std::string details;
    Duration length;
  } kRows[] = {
      {"20000", "", seconds(20)},      {"", details, seconds(30)},
      {"20000", details, seconds(30)}, {"35000", details, seconds(35)},
      {"99000", "", seconds(40)},      {"5000", "", seconds(10)},
      {"-1", "", seconds(10)},         {"soon", "", seconds(10)},
  };
  ForEach(policy, [&](Scene& scene) {
    for (const auto& row : kRows) {
      ScriptedReply reply =
          ScriptedReply::Error(StatusCode::UNAVAILABLE, "busy", row.details);
      if (*row.trailer != '\0') {
        reply.trailers.emplace("grpc-retry-pushback-ms", row.trailer);
      }
      scene.server().Respond(reply);
      EXPECT_EQ(scene.Call().status.error_message(), "busy");
      ASSERT_EQ(scene.Now().state, State::kOpen);
      EXPECT_EQ(*scene.Now().open_until - scene.guarded().clock().Now(),
                row.length)
          << row.trailer;
      scene.guarded().breaker(scene.flavour().method()).Reset();
    }
  });
}

TEST_P(VerdictTest, AClassifierSeesTheOriginOfTheStatusAndTheMessagesReceived) {
  ForEach(Policy(), [&](Scene& scene) {
    std::vector<Origin> origins;
    std::vector<uint64_t> messages;
    std::vector<RpcType> types;
    scene.guarded().options.classifier = [&](const FinishedCall& call) {
      EXPECT_EQ(call.method, scene.flavour().method());
      EXPECT_EQ(call.target, scene.guarded().target());
      EXPECT_EQ(call.duration, Duration(0));
      origins.push_back(call.origin);
      messages.push_back(call.messages_received);
      types.push_back(call.type);
      return std::nullopt;
    };
    scene.guarded().Reconnect(scene.server());
    scene.server().Respond(Good(scene.flavour()));
    const Seen seen = scene.Call();
    EXPECT_TRUE(seen.status.ok());
    scene.server().Respond(Down());
    scene.Call();
    grpc::ClientContext late;
    late.set_deadline(system_clock::now() - hours(1));
    scene.Call(&late);

    const bool tcp = GetParam() == Transport::kTcp;
    const Origin server = tcp ? Origin::kServer : Origin::kUnknown;
    const Origin local = tcp ? Origin::kLocal : Origin::kUnknown;
    EXPECT_THAT(origins, testing::ElementsAre(server, server, local));
    ASSERT_EQ(messages.size(), 3u);
    if (scene.flavour().api == Api::kCallback) {
      EXPECT_LE(messages[0], seen.replies.size());
    } else {
      EXPECT_EQ(messages[0], seen.replies.size());
    }
    EXPECT_EQ(messages[1], 0u);
    // Each generic stream is a bidi stream.
    const bool unary = scene.flavour().shape == Shape::kUnary;
    const Shape shape = scene.flavour().generic() && !unary
                            ? Shape::kBidi
                            : scene.flavour().shape;
    const std::map<Shape, RpcType> type_of = {
        {Shape::kUnary, RpcType::kUnary},
        {Shape::kClientStream, RpcType::kClientStreaming},
        {Shape::kServerStream, RpcType::kServerStreaming},
        {Shape::kBidi, RpcType::kBidiStreaming}};
    EXPECT_THAT(types, testing::Each(type_of.at(shape)));
  });
}

}  // namespace
}  // namespace fusebox::internal
