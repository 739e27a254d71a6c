// How each incorrect reply to a unary call is counted.

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "absl/status/status.h"
#include "fusebox/core/snapshot.h"
#include "tests/grpc/unary_test.h"

namespace fusebox {
namespace {

class UnaryOutcomeTest : public UnaryTest {
 protected:
  void ExpectCounted(uint64_t successes, uint64_t failures, uint64_t ignored) {
    const TotalsReading totals = Now().totals;
    EXPECT_EQ(totals.successes, successes);
    EXPECT_EQ(totals.failures, failures);
    EXPECT_EQ(totals.ignored, ignored);
    ExpectNothingHeld();
  }
};
FUSEBOX_FOR_EACH_UNARY_API(UnaryOutcomeTest);

TEST_P(UnaryOutcomeTest, EachStatusCodeIsCountedByItsDefaultOutcome) {
  using grpc::StatusCode;
  Config config;
  config.default_policy.consecutive_failures = 0;
  Use(config);
  uint64_t successes = 0;
  uint64_t failures = 0;
  uint64_t ignored = 0;
  for (int code = 1; code <= 16; ++code) {
    server_.Respond(ScriptedReply::Error(static_cast<StatusCode>(code)));
    EXPECT_EQ(Call().status.error_code(), code);
    switch (code) {
      case StatusCode::UNAVAILABLE:
      case StatusCode::DEADLINE_EXCEEDED:
      case StatusCode::INTERNAL:
      case StatusCode::UNKNOWN:
      case StatusCode::DATA_LOSS:
      case StatusCode::RESOURCE_EXHAUSTED:
        ++failures;
        break;
      case StatusCode::CANCELLED:
        ++ignored;
        break;
      default:
        ++successes;
    }
    ExpectCounted(successes, failures, ignored);
  }
}

// What the application sees depends on gRPC's version: the number itself
// (1.51), UNKNOWN, or INTERNAL. All of them are failures.
TEST_P(UnaryOutcomeTest, AnInvalidCodeIsAFailure) {
  for (const int code : {17, 100, 999}) {
    server_.Respond(
        ScriptedReply::Error(static_cast<grpc::StatusCode>(code), "odd"));
    EXPECT_FALSE(Call().status.ok()) << code;
  }
  ExpectCounted(0, 3, 0);
}

// gRPC reports this to callers of the sync API (UNIMPLEMENTED). The other APIs
// return an OK status and a reply that was never filled in.
TEST_P(UnaryOutcomeTest, AnOkStatusWithoutAReplyIsAFailure) {
  server_.Respond(ScriptedReply::NoMessage());
  for (int i = 0; i < 5; ++i) {
    const Seen seen = Call();
    EXPECT_EQ(seen.reply(), "");
    if (flavour().api == Api::kSync) {
      EXPECT_EQ(seen.status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
    }
  }
  ExpectCounted(0, 5, 0);
  EXPECT_EQ(state(), State::kOpen);
}

TEST_P(UnaryOutcomeTest, AReplyThatDoesNotParseIsAFailure) {
  server_.Respond(ScriptedReply::Bytes("\xff\xff\xff not a message"));
  const Seen seen = Call();
  EXPECT_EQ(seen.reply(), "");
  if (flavour().api == Api::kSync) {
    EXPECT_EQ(seen.status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  }
  // This cannot be detected if a generic stub passes on the bytes, or if gRPC's
  // unary reactor returns OK and an empty message.
  const bool told =
      !flavour().generic() && std::string(flavour().name) != "UnaryReactor";
  ExpectCounted(told ? 0 : 1, told ? 1 : 0, 0);
}

TEST_P(UnaryOutcomeTest, ThePolicysCodeListsDecide) {
  Config config;
  config.default_policy.failure_codes = {absl::StatusCode::kNotFound};
  config.default_policy.ignored_codes = {absl::StatusCode::kUnavailable};
  Use(config);
  server_.Enqueue(ScriptedReply::Error(grpc::StatusCode::NOT_FOUND));
  server_.Enqueue(ScriptedReply::Error(grpc::StatusCode::UNAVAILABLE));
  server_.Enqueue(ScriptedReply::Error(grpc::StatusCode::INTERNAL));
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(Call().status.ok());
  ExpectCounted(1, 1, 1);
}

TEST_P(UnaryOutcomeTest, AServersTrailerDoesNotMakeAStatusARejection) {
  server_.Respond(
      ScriptedReply::Error(grpc::StatusCode::UNAVAILABLE, "busy", "\x08\x0e")
          .WithTrailer("fusebox-rejection", "OPEN"));
  const Seen seen = Call();
  EXPECT_FALSE(IsRejection(seen.status));
  ExpectCounted(0, 1, 0);
}

}  // namespace
}  // namespace fusebox
