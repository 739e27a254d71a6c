// Whatever a server answers, and whichever API the application uses, the
// breaker counts the outcome that the application saw.

#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "fusebox/core/breaker.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/core/types.h"
#include "fusebox/grpc/channel.h"
#include "fusebox/policy/code_classifier.h"
#include "fusebox/policy/policy.h"
#include "fusebox/registry/registry.h"
#include "tests/grpc/bad_replies.h"
#include "tests/grpc/driver.h"
#include "tests/grpc/flavour_fixture.h"
#include "tests/grpc/http2_server.h"

namespace fusebox::internal {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::system_clock;

struct Counts {
  uint64_t successes = 0;
  uint64_t failures = 0;
  uint64_t ignored = 0;
  uint64_t broken_streams = 0;
};

bool operator==(const Counts& a, const Counts& b) {
  return a.successes == b.successes && a.failures == b.failures &&
         a.ignored == b.ignored && a.broken_streams == b.broken_streams;
}

std::ostream& operator<<(std::ostream& os, const Counts& counts) {
  return os << counts.successes << " successes, " << counts.failures
            << " failures, " << counts.ignored << " ignored, "
            << counts.broken_streams << " broken streams";
}

Counts Of(Outcome outcome) {
  return {outcome == Outcome::kSuccess, outcome == Outcome::kFailure,
          outcome == Outcome::kIgnored, 0};
}

bool HasOneReply(const Flavour& flavour) {
  return flavour.shape == Shape::kUnary ||
         flavour.shape == Shape::kClientStream;
}

// Returns true if gRPC shows interceptors that a unary reply does not parse. A
// generic stub passes on the bytes unparsed. With reactors and client streams,
// gRPC does not report it.
bool TellsBadBytes(const Flavour& flavour) {
  return flavour.shape == Shape::kUnary &&
         (flavour.how & (kGeneric | kReactor)) == 0;
}

// Returns true if the application lacks its single reply although the server
// sent OK. The sync API turns this into UNIMPLEMENTED, which is not a failure
// if a server sends it.
bool LacksReply(const BadReply& reply, const Flavour& flavour,
                const Seen& seen) {
  const bool lacking =
      reply.Is(BadReply::kNoReply) ||
      (reply.Is(BadReply::kUnparsable) && TellsBadBytes(flavour));
  const bool ok = seen.status.ok() ||
                  seen.status.error_code() == grpc::StatusCode::UNIMPLEMENTED;
  return lacking && ok && seen.reply().empty();
}

// Returns the counts that are allowed if the application saw this and its
// status has this outcome.
std::vector<Counts> ExpectedOf(Outcome outcome, const BadReply& reply,
                               const Flavour& flavour, const Seen& seen,
                               StreamVerdict verdict) {
  if (HasOneReply(flavour)) {
    return {Of(LacksReply(reply, flavour, seen) ? Outcome::kFailure : outcome)};
  }
  if (verdict == StreamVerdict::kFinalStatus || seen.replies.empty()) {
    return {Of(outcome)};
  }
  Counts by_message = Of(Outcome::kSuccess);
  by_message.broken_streams = outcome == Outcome::kFailure;
  if (flavour.api != Api::kCallback) return {by_message};
  // In the callback API the status hook can run before the message hook.
  return {by_message, Of(outcome)};
}

std::vector<Counts> Expected(const BadReply& reply, const Flavour& flavour,
                             const Seen& seen, StreamVerdict verdict) {
  const auto code = seen.status.error_code();
  auto expected = ExpectedOf(CodeClassifier().Classify(code), reply, flavour,
                             seen, verdict);
  // A status that the channel made is ignored. There are two exceptions. If a
  // reply exceeded a limit, it came from a server, so that the status may have
  // a peer's name. If a callback call is reset before it has begun to receive,
  // its status may lack a peer's name.
  const bool may_be_nameless = flavour.api == Api::kCallback &&
                               seen.returned.count("InitialMetadata") != 0 &&
                               seen.returned.at("InitialMetadata") == "-";
  if ((reply.Is(BadReply::kTooLarge) || may_be_nameless) &&
      code == grpc::StatusCode::RESOURCE_EXHAUSTED) {
    for (const Counts& counts :
         ExpectedOf(Outcome::kIgnored, reply, flavour, seen, verdict)) {
      expected.push_back(counts);
    }
  }
  return expected;
}

// gRPC's sync API aborts the process if the reply to a client stream does not
// parse. It does so without interceptors too.
bool Aborts(const BadReply& reply, const Flavour& flavour) {
  return reply.Is(BadReply::kUnparsable) && flavour.api == Api::kSync &&
         flavour.shape == Shape::kClientStream;
}

// A client with its own connection and its own breakers. It disables gRPC's
// retries. With them, gRPC 1.51 may never end a call that the server refuses,
// not even at its deadline, and it aborts if trailers lack a status. It does so
// without interceptors too.
class Client {
 public:
  Client(const std::string& address, const Policy& policy) : address_(address) {
    Config config;
    config.default_policy = policy;
    registry_ = Registry::Create(config).value();
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
    arguments.SetMaxReceiveMessageSize(kMaxMessage);
    channel_ = CreateCustomChannel(address, grpc::InsecureChannelCredentials(),
                                   arguments, registry_);
  }

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

  // Call it after the call's context was destroyed.
  Counts Counted(const Flavour& flavour) const {
    const TotalsReading totals =
        registry_->FindBreaker(address_, flavour.method())
            ->TakeSnapshot()
            .totals;
    EXPECT_EQ(totals.admitted, 1u);
    EXPECT_EQ(totals.ended, 1u);
    EXPECT_EQ(totals.abandoned, 0u);
    return {totals.successes, totals.failures, totals.ignored,
            totals.broken_streams};
  }

 private:
  const std::string address_;
  std::shared_ptr<Registry> registry_;
  std::shared_ptr<grpc::Channel> channel_;
};

class BadReplyTest : public testing::TestWithParam<BadReply> {
 protected:
  static bool Is(BadReply::Trait trait) { return GetParam().Is(trait); }

  // Makes one call. The breaker's counts must match what the application saw.
  void Try(const Flavour& flavour, StreamVerdict verdict) {
    SCOPED_TRACE(std::string(flavour.name) + ", " + std::string(Name(verdict)));
    Policy policy;
    policy.stream_verdict = verdict;
    const Client client(server_.address(), policy);
    answered_ = 0;
    Seen seen;
    {
      grpc::ClientContext context;
      context.set_deadline(system_clock::now() + (Is(BadReply::kSilent)
                                                      ? milliseconds(60)
                                                      : seconds(5)));
      seen = flavour.Call(client.channel(), &context);
    }
    EXPECT_EQ(seen.completions, 1);
    if (!Is(BadReply::kSilent)) {
      EXPECT_EQ(answered_ > 0, !Is(BadReply::kGreeting));
      EXPECT_NE(seen.status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
    }
    EXPECT_THAT(Expected(GetParam(), flavour, seen, verdict),
                testing::Contains(client.Counted(flavour)))
        << seen;
    if (flavour.name == std::string("SyncUnary") && !GetParam().codes.empty()) {
      EXPECT_THAT(
          GetParam().codes,
          testing::Contains(static_cast<int>(seen.status.error_code())));
    }
  }

  void TryEach(Shape shape) {
    for (const Flavour& flavour : FlavoursOf(shape)) {
      if (Aborts(GetParam(), flavour)) continue;
      Try(flavour, StreamVerdict::kFirstMessage);
      if (!HasOneReply(flavour)) Try(flavour, StreamVerdict::kFinalStatus);
    }
  }

  std::atomic<int> answered_{0};
  Http2Server server_{[this](Http2Peer& peer, uint32_t stream) {
                        ++answered_;
                        GetParam().answer(peer, stream);
                      },
                      Is(BadReply::kGreeting) ? kHttp11 : ""};
};
INSTANTIATE_TEST_SUITE_P(Each, BadReplyTest, testing::ValuesIn(BadReplies()),
                         [](const auto& row) { return row.param.name; });

TEST_P(BadReplyTest, ToAUnaryCallIsCountedAsSeen) { TryEach(Shape::kUnary); }

TEST_P(BadReplyTest, ToAClientStreamIsCountedAsSeen) {
  TryEach(Shape::kClientStream);
}

TEST_P(BadReplyTest, ToAServerStreamIsCountedAsSeen) {
  TryEach(Shape::kServerStream);
}

TEST_P(BadReplyTest, ToABidiStreamIsCountedAsSeen) { TryEach(Shape::kBidi); }

class ResetTest : public testing::TestWithParam<Flavour> {};
INSTANTIATE_TEST_SUITE_P(Each, ResetTest, testing::ValuesIn(Flavours()),
                         RowName());

TEST_P(ResetTest, WithCancelIsAFailureToAPolicyThatSaysSo) {
  Policy policy;
  policy.failure_codes = {absl::StatusCode::kCancelled};
  const Http2Server server(BadReplyNamed("RstCancel").answer);
  const Client client(server.address(), policy);
  {
    grpc::ClientContext context;
    EXPECT_EQ(GetParam().Call(client.channel(), &context).status.error_code(),
              grpc::StatusCode::CANCELLED);
  }
  EXPECT_EQ(client.Counted(GetParam()), Of(Outcome::kFailure));
}

}  // namespace
}  // namespace fusebox::internal
