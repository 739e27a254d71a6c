// Rejected calls and their fallbacks, in each of gRPC's unary APIs.

#include "fusebox/grpc/fallback.h"

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "fusebox/grpc/rejection.h"
#include "tests/grpc/fallback_test.h"
#include "tests/grpc/flavour_fixture.h"

namespace fusebox {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::Pair;

// The circumstances of a rejected call, and how it is answered.
struct Case {
  const char* name;
  bool cache;           // whether the method has a cache
  const char* known;    // the kind of the earlier call, or null
  TextHandler handler;  // the method's handler, or null
  bool credentials;     // whether the call has credentials

  std::optional<FallbackKind> answered;
  const char* response;
};

bool Throw(const Text&, const Rejection&, Text*) {
  throw std::runtime_error("out of ideas");
}

constexpr char kEqual[] = "equal";
constexpr char kWithMetadata[] = "with metadata";
constexpr char kWithCredentials[] = "with credentials";
constexpr char kFailed[] = "failed";

std::vector<Case> Cases() {
  const auto handler = FallbackKind::kHandler;
  const auto stale = FallbackKind::kStale;
  const char* const insteads = "sorry, not 1";
  const char* const last = "last seen";
  const TextHandler sorry = Instead("sorry");
  return {
      {"Nothing", false, nullptr, nullptr, false, std::nullopt, ""},
      {"Handler", false, nullptr, sorry, false, handler, insteads},
      {"HandlerDeclines", false, nullptr, Decline, false, std::nullopt, ""},
      {"HandlerThrows", false, nullptr, Throw, false, std::nullopt, ""},
      {"HandlerWithCredentials", false, nullptr, sorry, true, handler,
       insteads},
      {"StaleHit", true, kEqual, nullptr, false, stale, last},
      {"StaleMiss", true, nullptr, nullptr, false, std::nullopt, ""},
      {"StaleMissOfOtherMetadata", true, kWithMetadata, nullptr, false,
       std::nullopt, ""},
      {"StaleMissOfAFailure", true, kFailed, nullptr, false, std::nullopt, ""},
      {"StaleHitBeforeHandler", true, kEqual, sorry, false, stale, last},
      {"StaleMissThenHandler", true, nullptr, sorry, false, handler, insteads},
      {"CredentialsAreNotServed", true, kEqual, nullptr, true, std::nullopt,
       ""},
      {"CredentialsAreNotStored", true, kWithCredentials, nullptr, false,
       std::nullopt, ""},
      {"CredentialsAreNeither", true, kWithCredentials, nullptr, true,
       std::nullopt, ""},
      {"CredentialsThenHandler", true, kWithCredentials, sorry, true, handler,
       insteads},
  };
}

class FallbackTest
    : public FallbackFixture,
      public testing::TestWithParam<std::tuple<Flavour, Transport>> {
 protected:
  FallbackTest() : FallbackFixture(std::get<1>(GetParam())) {}

  Flavour flavour() const { return std::get<0>(GetParam()); }
  Answered Call(grpc::ClientContext* context) {
    return FallbackFixture::Call(flavour(), context);
  }
  Answered Call() { return FallbackFixture::Call(flavour()); }

  // Makes the earlier call while the circuit is closed.
  void Make(const std::string& kind) {
    grpc::ClientContext context;
    if (kind == kWithMetadata) context.AddMetadata("tenant", "other");
    if (kind == kWithCredentials) context.set_credentials(SomeCredentials());
    Serve("last seen");
    if (kind == kFailed) {
      server_.Respond(ScriptedReply::Error(grpc::StatusCode::NOT_FOUND));
    }
    EXPECT_EQ(Call(&context).seen.status.ok(), kind != kFailed);
  }
};

// A method with a fallback must not be called through a GenericStub.
INSTANTIATE_TEST_SUITE_P(EachApi, FallbackTest,
                         OnBothTransports(TypedUnaryFlavours()), RowName());

// With a fallback, a call sees only the answer, or else exactly what it would
// see without a fallback.
TEST_P(FallbackTest, ARejectedCallSeesTheAnswerOrTheRejection) {
  Use(Fallbacks());
  ForceOpen();
  const Seen plain = Call().seen;
  ASSERT_TRUE(IsRejection(plain.status));
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.name);
    Fallbacks fallbacks;
    if (c.cache) fallbacks.On(kSay, NewCache());
    if (c.handler) fallbacks.On<Text, Text>(kSay, c.handler);
    Use(fallbacks);
    if (c.known != nullptr) Make(c.known);
    const size_t before = server_.calls();
    ForceOpen();

    grpc::ClientContext context;
    if (c.credentials) context.set_credentials(SomeCredentials());
    const auto [seen, by] = Call(&context);
    EXPECT_EQ(by, c.answered);
    if (c.answered) {
      EXPECT_TRUE(seen.status.ok()) << seen;
      EXPECT_THAT(seen.replies, ElementsAre(c.response));
      EXPECT_THAT(seen.trailers,
                  ElementsAre(Pair("fusebox-fallback", Name(*c.answered))));
      EXPECT_EQ(seen.returned, plain.returned);
      EXPECT_EQ(seen.completions, 1);
    } else {
      EXPECT_EQ(seen, plain);
    }
    EXPECT_EQ(server_.calls(), before);
    EXPECT_EQ(totals().rejected_in_all(), 1u);
    EXPECT_EQ(totals().fallbacks, c.answered ? 1u : 0u);
    guarded_->ExpectNothingHeld(kSay);
  }
}

TEST_P(FallbackTest, ACallThatPassesIsUnchanged) {
  Use(Fallbacks().On(kSay, NewCache()).On<Text, Text>(kSay, Instead("no")));
  server_.Respond(ScriptedReply::Echo().WithTrailer("from", "server"));
  const auto [seen, by] = Call();
  EXPECT_EQ(by, std::nullopt);
  EXPECT_EQ(seen.reply(), "1");
  EXPECT_THAT(seen.trailers, ElementsAre(Pair("from", "server")));
  EXPECT_EQ(totals().successes, 1u);
  EXPECT_EQ(totals().fallbacks, 0u);
}

TEST_P(FallbackTest, ACallThatFailsKeepsItsFailure) {
  Use(Fallbacks().On(kSay, NewCache()).On<Text, Text>(kSay, Instead("no")));
  Serve("good");
  Call();
  server_.Respond(ScriptedReply::Error(grpc::StatusCode::UNAVAILABLE, "gone"));
  const auto [seen, by] = Call();
  EXPECT_EQ(by, std::nullopt);
  EXPECT_EQ(seen.status.error_message(), "gone");
  EXPECT_EQ(totals().failures, 1u);
  EXPECT_EQ(totals().fallbacks, 0u);
}

TEST_P(FallbackTest, TheHandlerReceivesTheRejection) {
  std::optional<Rejection> seen;
  Use(Fallbacks().On<Text, Text>(kSay,
                                 [&](const Text&, const Rejection& why, Text*) {
                                   seen = why;
                                   return true;
                                 }));
  guarded_->Open(kSay);
  guarded_->clock().Advance(seconds(12));
  EXPECT_EQ(Call().by, FallbackKind::kHandler);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->reason, RejectionReason::kOpen);
  EXPECT_EQ(seen->state, State::kOpen);
  EXPECT_EQ(seen->retry_after, seconds(48));
  EXPECT_EQ(seen->cause.reason, TransitionReason::kConsecutiveFailures);
}

TEST_P(FallbackTest, AnAnswerDoesNotCountAsAnOutcome) {
  Config config;
  config.default_policy.failure_rate = FailureRate{0.5, 20};
  config.default_policy.max_concurrent_calls = 1;
  Use(Fallbacks().On<Text, Text>(kSay, Instead("no")), config);
  const Admission only = guarded_->breaker(kSay).Acquire();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Call().by, FallbackKind::kHandler);
  const Snapshot now = guarded_->Now(kSay);
  EXPECT_EQ(now.state, State::kClosed);
  EXPECT_EQ(now.window.calls, 0u);
  EXPECT_EQ(now.totals.fallbacks, 3u);
  EXPECT_EQ(now.totals.rejected[size_t(RejectionReason::kConcurrency)], 3u);
  EXPECT_EQ(now.totals.admitted, 1u);
  EXPECT_EQ(now.totals.ended, 0u);
}

TEST_P(FallbackTest, InDryRunNoCallIsAnswered) {
  Config config;
  config.default_policy.mode = Mode::kDryRun;
  Use(Fallbacks().On(kSay, NewCache()).On<Text, Text>(kSay, Instead("no")),
      config);
  Serve("good");
  Call();
  guarded_->Open(kSay);
  const auto [seen, by] = Call();
  EXPECT_EQ(by, std::nullopt);
  EXPECT_EQ(seen.reply(), "good");
  EXPECT_EQ(server_.calls(), 2u);
  EXPECT_EQ(totals().fallbacks, 0u);
}

TEST_P(FallbackTest, AnAnswerIsDeliveredEvenIfTheCallIsCancelledMeanwhile) {
  grpc::ClientContext context;
  Use(Fallbacks().On<Text, Text>(
      kSay, [&](const Text&, const Rejection&, Text* response) {
        context.TryCancel();
        response->set_text("all the same");
        return true;
      }));
  ForceOpen();
  const auto [seen, by] = Call(&context);
  EXPECT_EQ(by, FallbackKind::kHandler);
  EXPECT_TRUE(seen.status.ok()) << seen;
  EXPECT_EQ(seen.reply(), "all the same");
  EXPECT_EQ(seen.completions, 1);
}

TEST_P(FallbackTest, ACallCancelledBeforeItBeganIsNotAnswered) {
  Use(Fallbacks().On<Text, Text>(kSay, Instead("no")));
  ForceOpen();
  grpc::ClientContext context;
  context.TryCancel();
  const auto [seen, by] = Call(&context);
  EXPECT_EQ(by, std::nullopt);
  EXPECT_EQ(seen.status.error_code(), grpc::StatusCode::CANCELLED);
}

// The handler calls through another channel with the same breakers, in the same
// API.
TEST_P(FallbackTest, AHandlerMayMakeItsOwnCalls) {
  Use(Fallbacks());
  const auto elsewhere = Connect(server_, transport_);
  Reconnect(Fallbacks().On<Text, Text>(
      kSay, [&](const Text&, const Rejection&, Text* response) {
        grpc::ClientContext context;
        response->set_text(flavour().Call(elsewhere, &context).reply());
        return !response->text().empty();
      }));
  Serve("from elsewhere");
  ForceOpen();
  EXPECT_EQ(Call().seen.reply(), "from elsewhere");
  EXPECT_EQ(server_.calls(), 1u);
}

// The application reads the initial metadata, but not the message.
TEST_P(FallbackTest, AnApplicationMayAbandonAnAnsweredCall) {
  const Plan::End end = Plan::End::kNotFinished;
  int asked = 0;
  Use(Fallbacks().On<Text, Text>(
      kSay, [&](const Text&, const Rejection&, Text*) { return ++asked; }));
  ForceOpen();
  grpc::ClientContext context;
  Plan plan;
  if (flavour().Does(end)) plan.end = end;
  const int completions =
      flavour().Call(guarded_->channel(), &context, plan).completions;
  EXPECT_EQ(completions, flavour().Does(end) ? 0 : 1);
  EXPECT_EQ(asked, 1);
}

TEST_P(FallbackTest, AFallbackTrailerFromTheServerIsNotALocalAnswer) {
  Use(Fallbacks());
  for (const char* value : {"handler", "stale", ""}) {
    server_.Respond(
        ScriptedReply::Echo().WithTrailer("fusebox-fallback", value));
    const auto [seen, by] = Call();
    EXPECT_EQ(seen.trailers.at("fusebox-fallback"), value);
    EXPECT_EQ(by, std::nullopt);
  }
}

TEST_P(FallbackTest, TheContextMayOutliveTheChannelAndItsFallbacks) {
  grpc::ClientContext context;
  Use(Fallbacks().On<Text, Text>(kSay, Instead("no")));
  ForceOpen();
  EXPECT_EQ(Call(&context).by, FallbackKind::kHandler);
  guarded_->CloseChannel();
  guarded_->CloseRegistry();
  EXPECT_EQ(GetFallback(context), FallbackKind::kHandler);
}

// --- Calls through a GenericStub, which must not be answered.

class GenericFallbackTest : public FallbackFixture, public testing::Test {
 protected:
  GenericFallbackTest() : FallbackFixture(Transport::kInProcess) {
    Use(Fallbacks()
            .On(kSay, NewCache())
            .On<Text, Text>(kSay, [&](const Text&, const Rejection&, Text*) {
              return asked_ = true;
            }));
    ForceOpen();
  }
  // Waits until `finish`, which is the last operation, has ended the call.
  grpc::Status Finish(const std::function<void(grpc::Status*, void*)>& finish) {
    grpc::Status status;
    finish(&status, &status);
    void* tag = nullptr;
    for (bool ok; tag != &status;) EXPECT_TRUE(queue_.Next(&tag, &ok));
    return status;
  }

  grpc::CompletionQueue queue_;
  bool asked_ = false;
};

TEST_F(GenericFallbackTest, ARequestThatDoesNotParseIsNotAnswered) {
  grpc::ClientContext context;
  const grpc::Slice garbage("\xff\xff\xff");
  const auto call =
      grpc::GenericStub(guarded_->channel())
          .PrepareUnaryCall(&context, kSay, grpc::ByteBuffer(&garbage, 1),
                            &queue_);
  call->StartCall();
  grpc::ByteBuffer reply;
  EXPECT_TRUE(IsRejection(Finish([&](grpc::Status* status, void* tag) {
    call->Finish(&reply, status, tag);
  })));
  EXPECT_FALSE(asked_);
}

// Its first batch looks like that of a unary call.
TEST_F(GenericFallbackTest, AStreamWithTheMethodsNameIsNotAnswered) {
  grpc::ClientContext context;
  context.set_initial_metadata_corked(true);
  const auto stream = grpc::GenericStub(guarded_->channel())
                          .PrepareCall(&context, kSay, &queue_);
  stream->StartCall(nullptr);
  stream->Write(Serialize(MakeText("1")), nullptr);
  EXPECT_TRUE(IsRejection(Finish(
      [&](grpc::Status* status, void* tag) { stream->Finish(status, tag); })));
  EXPECT_FALSE(asked_);
}

}  // namespace
}  // namespace fusebox
