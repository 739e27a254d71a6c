// The outcome of a finished call, computed from plain values.

#include "fusebox/grpc/internal/outcome.h"

#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/core/breaker.h"
#include "fusebox/grpc/internal/rejection_status.h"
#include "fusebox/grpc/internal/rpc_status.h"
#include "fusebox/policy/policy.h"

namespace fusebox::internal {
namespace {

using grpc::StatusCode;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(OriginOf, FollowsFromTheSpellingOfThePeer) {
  const struct {
    const char* at_start;
    const char* peer;
    Origin origin;
  } kRows[] = {
      {"", "127.0.0.1:443", Origin::kLocal},
      {"", "dns:///shop:443", Origin::kLocal},
      {"", "", Origin::kLocal},
      {"", "unknown", Origin::kLocal},
      {"127.0.0.1:443", "127.0.0.1:443", Origin::kLocal},
      {"127.0.0.1:443", "ipv4:127.0.0.1:443", Origin::kServer},
      {"", "ipv4:127.0.0.1:443", Origin::kServer},
      {"", "ipv6:%5B::1%5D:443", Origin::kServer},
      {"dns:///shop:443", "unix:/run/shop", Origin::kServer},
      {"", "unix-abstract:shop", Origin::kServer},
      {"", "vsock:2:50051", Origin::kServer},
      // The target is spelled like an address.
      {"ipv4:127.0.0.1:443", "ipv4:127.0.0.1:443", Origin::kUnknown},
      {"unix:/run/shop", "unix:/run/shop", Origin::kUnknown},
      // Only a target can be a list of addresses.
      {"ipv4:10.0.0.1:1,10.0.0.2:1", "ipv4:10.0.0.1:1,10.0.0.2:1",
       Origin::kLocal},
      {"ipv4:10.0.0.1:1,10.0.0.2:1", "ipv4:10.0.0.2:1", Origin::kServer},
      {"inproc", "inproc", Origin::kUnknown},
      {"", "inproc", Origin::kUnknown},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(OriginOf(row.at_start, row.peer), row.origin)
        << "'" << row.at_start << "', '" << row.peer << "'";
  }
}

TEST(DependsOnOrigin, IsTrueForTheCodesThatAreIgnoredIfLocal) {
  for (int code = 0; code <= 16; ++code) {
    EXPECT_EQ(DependsOnOrigin(static_cast<StatusCode>(code)),
              code == StatusCode::RESOURCE_EXHAUSTED ||
                  code == StatusCode::UNAUTHENTICATED);
  }
}

// The facts that a row is about. The other fields are those of a plain call.
struct Facts {
  StatusCode code;
  Origin origin = Origin::kServer;
  bool reply_missing = false;
  bool cancelled = false;
  std::optional<Duration> budget{};
  RpcType type = RpcType::kUnary;
  Duration duration{0};
  std::optional<Duration> first_message{};
};

Outcome Default(const Facts& facts, const Policy& policy = Policy()) {
  const grpc::Status status(facts.code, "");
  const FinishedCall::Trailers trailers;
  FinishedCall call = {"",
                       "/s/M",
                       "",
                       facts.type,
                       status,
                       facts.code,
                       facts.reply_missing,
                       trailers,
                       facts.origin};
  call.cancelled = facts.cancelled;
  call.budget = facts.budget;
  call.duration = facts.duration;
  call.first_message = facts.first_message;
  return DefaultOutcome(call, CodeClassifier(policy), policy);
}

TEST(DefaultOutcome, ConsidersTheFactsBeforeTheCodes) {
  const struct {
    Facts facts;
    Outcome outcome;
  } kRows[] = {
      {{StatusCode::OK}, Outcome::kSuccess},
      {{StatusCode::OK, Origin::kServer, true}, Outcome::kFailure},
      {{StatusCode::NOT_FOUND, Origin::kServer, true}, Outcome::kSuccess},
      {{StatusCode::UNAVAILABLE}, Outcome::kFailure},
      {{StatusCode::UNAVAILABLE, Origin::kLocal}, Outcome::kFailure},
      {{StatusCode::UNAVAILABLE, Origin::kServer, false, true},
       Outcome::kFailure},
      {{StatusCode::CANCELLED}, Outcome::kIgnored},
      {{StatusCode::CANCELLED, Origin::kLocal, false, true}, Outcome::kIgnored},
      {{StatusCode::RESOURCE_EXHAUSTED, Origin::kLocal}, Outcome::kIgnored},
      {{StatusCode::RESOURCE_EXHAUSTED, Origin::kServer}, Outcome::kFailure},
      {{StatusCode::RESOURCE_EXHAUSTED, Origin::kUnknown}, Outcome::kFailure},
      {{StatusCode::UNAUTHENTICATED, Origin::kLocal}, Outcome::kIgnored},
      {{StatusCode::UNAUTHENTICATED, Origin::kServer}, Outcome::kSuccess},
      {{StatusCode::UNAUTHENTICATED, Origin::kUnknown}, Outcome::kSuccess},
      {{StatusCode::INTERNAL, Origin::kLocal}, Outcome::kFailure},
      {{StatusCode::DEADLINE_EXCEEDED}, Outcome::kFailure},
      {{StatusCode::DEADLINE_EXCEEDED, Origin::kLocal, false, false,
        Duration(0)},
       Outcome::kIgnored},
      {{StatusCode::DEADLINE_EXCEEDED, Origin::kLocal, false, false,
        Duration(1)},
       Outcome::kFailure},
      {{StatusCode::UNAVAILABLE, Origin::kLocal, false, false, Duration(0)},
       Outcome::kFailure},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(Default(row.facts), row.outcome)
        << static_cast<int>(row.facts.code) << " "
        << static_cast<int>(row.facts.origin);
  }
}

TEST(DefaultOutcome, IsIgnoredOnlyBelowThePolicysMinimumDeadline) {
  Policy policy;
  policy.min_deadline = seconds(2);
  Facts facts = {StatusCode::DEADLINE_EXCEEDED};
  facts.budget = seconds(2) - Duration(1);
  EXPECT_EQ(Default(facts, policy), Outcome::kIgnored);
  facts.budget = seconds(2);
  EXPECT_EQ(Default(facts, policy), Outcome::kFailure);
}

TEST(DefaultOutcome, OfAnIdleStreamThatFailsIsIgnoredFromAnAgeOn) {
  Policy policy;
  policy.idle_stream_age = seconds(60);
  for (const RpcType type :
       {RpcType::kServerStreaming, RpcType::kBidiStreaming}) {
    Facts facts = {StatusCode::UNAVAILABLE};
    facts.type = type;
    facts.duration = seconds(60) - Duration(1);
    EXPECT_EQ(Default(facts, policy), Outcome::kFailure);
    facts.duration = seconds(60);
    EXPECT_EQ(Default(facts, policy), Outcome::kIgnored);
    EXPECT_EQ(Default(facts), Outcome::kFailure) << "the rule is off";
    facts.first_message = Duration(0);
    EXPECT_EQ(Default(facts, policy), Outcome::kFailure);
  }
}

TEST(DefaultOutcome, OfAnIdleStreamThatDoesNotFailIsThatOfItsCode) {
  Policy policy;
  policy.idle_stream_age = seconds(60);
  Facts facts = {StatusCode::OK};
  facts.type = RpcType::kServerStreaming;
  facts.duration = seconds(60);
  EXPECT_EQ(Default(facts, policy), Outcome::kSuccess);
  facts.code = StatusCode::NOT_FOUND;
  EXPECT_EQ(Default(facts, policy), Outcome::kSuccess);
  policy.failure_codes = {absl::StatusCode::kNotFound};
  EXPECT_EQ(Default(facts, policy), Outcome::kIgnored);
}

TEST(DefaultOutcome, OfACallWithASingleReplyHasNoIdleAge) {
  Policy policy;
  policy.idle_stream_age = seconds(60);
  for (const RpcType type : {RpcType::kUnary, RpcType::kClientStreaming}) {
    Facts facts = {StatusCode::UNAVAILABLE};
    facts.type = type;
    facts.duration = seconds(3600);
    EXPECT_EQ(Default(facts, policy), Outcome::kFailure);
  }
}

TEST(DefaultOutcome, OfACallThatSaysNothingIsIgnoredWhateverTheCodeLists) {
  Policy policy;
  policy.failure_codes = {
      absl::StatusCode::kCancelled, absl::StatusCode::kDeadlineExceeded,
      absl::StatusCode::kResourceExhausted, absl::StatusCode::kUnauthenticated};
  EXPECT_EQ(
      Default({StatusCode::CANCELLED, Origin::kLocal, false, true}, policy),
      Outcome::kIgnored);
  EXPECT_EQ(Default({StatusCode::CANCELLED}, policy), Outcome::kFailure);
  EXPECT_EQ(Default({StatusCode::DEADLINE_EXCEEDED, Origin::kLocal, false,
                     false, Duration(0)},
                    policy),
            Outcome::kIgnored);
  for (const auto code :
       {StatusCode::RESOURCE_EXHAUSTED, StatusCode::UNAUTHENTICATED}) {
    EXPECT_EQ(Default({code, Origin::kLocal}, policy), Outcome::kIgnored);
    EXPECT_EQ(Default({code, Origin::kServer}, policy), Outcome::kFailure);
  }
}

TEST(DefaultOutcome, IsIgnoredForARejectionByThisProcess) {
  const grpc::Status status = MakeRejectionStatus(
      {"", "/s/M", ""}, absl::StatusCode::kUnavailable, Rejection());
  const FinishedCall::Trailers trailers;
  const FinishedCall call = {
      "",    "/s/M",  "", RpcType::kUnary, status, StatusCode::UNAVAILABLE,
      false, trailers};
  EXPECT_EQ(DefaultOutcome(call, CodeClassifier(), Policy()),
            Outcome::kIgnored);
}

// --- Push-back.

Duration Pushback(const std::vector<std::string>& trailers,
                  std::optional<Duration> retry_delay = std::nullopt) {
  FinishedCall::Trailers map;
  for (const std::string& value : trailers) {
    map.emplace("grpc-retry-pushback-ms", value);
  }
  RpcStatus details;
  details.code = 14;
  details.retry_delay = retry_delay;
  return PushbackOf({StatusCode::UNAVAILABLE, "",
                     retry_delay ? EncodeRpcStatus(details) : ""},
                    map);
}

TEST(PushbackOf, ReadsMillisecondsAndRejectsNonsense) {
  const struct {
    const char* text;
    Duration pushback;
  } kRows[] = {
      {"250", milliseconds(250)},
      {"0", Duration(0)},
      {"000250", milliseconds(250)},
      {"-1", Duration(0)},
      {"-9223372036854775808", Duration(0)},  // how gRPC reads nonsense
      {"-99999999999999999999", Duration(0)},
      {"", Duration(0)},
      {"abc", Duration(0)},
      {"250ms", Duration(0)},
      {" 250", Duration(0)},
      {"250 ", Duration(0)},
      {"+250", Duration(0)},
      {"2.5", Duration(0)},
      {"1e3", Duration(0)},
      {"0x10", Duration(0)},
      {"9223372036854", milliseconds(9'223'372'036'854)},
      {"9223372036855", Duration(0)},
      {"9223372036854775807", Duration(0)},
      {"18446744073710", Duration(0)},  // 448,384 ns, modulo 2^64
      {"99999999999999999999", Duration(0)},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(Pushback({row.text}), row.pushback) << "'" << row.text << "'";
  }
  EXPECT_EQ(Pushback({}), Duration(0));
  EXPECT_EQ(Pushback({std::string("250\0", 4)}), Duration(0));
}

TEST(PushbackOf, ReadsRetryInfoAndTakesTheLongestDelay) {
  EXPECT_EQ(Pushback({}, seconds(3) + Duration(5)), seconds(3) + Duration(5));
  EXPECT_EQ(Pushback({}, seconds(-3)), Duration(0));
  EXPECT_EQ(Pushback({"2000"}, seconds(3)), seconds(3));
  EXPECT_EQ(Pushback({"4000"}, seconds(3)), seconds(4));
  EXPECT_EQ(Pushback({"-1"}, seconds(3)), seconds(3));
  EXPECT_EQ(Pushback({"nonsense"}, seconds(3)), seconds(3));
  EXPECT_EQ(Pushback({"4000"}, seconds(-3)), seconds(4));
  EXPECT_EQ(Pushback({"10", "30", "20"}), milliseconds(30));
}

TEST(PushbackOf, IgnoresOtherTrailersAndInvalidDetails) {
  const FinishedCall::Trailers trailers = {{"retry-pushback-ms", "250"},
                                           {"grpc-retry-pushback-msx", "250"}};
  EXPECT_EQ(PushbackOf({StatusCode::UNAVAILABLE, "", "\xff\xff"}, trailers),
            Duration(0));
}

// A server may send any bytes.
TEST(PushbackOf, IsNeverNegativeWhateverTheBytes) {
  std::mt19937 random(20'241'125);
  RpcStatus example;
  example.code = 14;
  example.message = "busy";
  example.error_info = ErrorInfo{"BUSY", "shop", {{"k", "v"}}};
  example.retry_delay = seconds(48) + Duration(5);
  const std::string good = EncodeRpcStatus(example);
  int read = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string details = good;
    if (i % 4 == 0) {
      details.assign(random() % 80, '\0');
      for (char& c : details) c = static_cast<char>(random());
    }
    for (auto n = random() % 4; n > 0 && !details.empty(); --n) {
      details[random() % details.size()] = static_cast<char>(random());
    }
    details.resize(random() % 8 == 0 ? random() % (good.size() + 9)
                                     : details.size());
    std::string trailer(random() % 24, '\0');
    for (char& c : trailer) c = "0123456789-+ .x"[random() % 15];
    const FinishedCall::Trailers trailers = {
        {"grpc-retry-pushback-ms", trailer}};
    const Duration pushback =
        PushbackOf({StatusCode::UNAVAILABLE, "", details}, trailers);
    ASSERT_GE(pushback, Duration(0));
    if (pushback == example.retry_delay) ++read;
  }
  EXPECT_GT(read, 10'000);
}

}  // namespace
}  // namespace fusebox::internal
