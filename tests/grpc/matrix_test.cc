// Every combination of flavour, transport and call option: admitted, rejected,
// and as a probe. Each test runs in its own process, whose time-out detects a
// call that hangs.

#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <sstream>
#include <string>
#include <tuple>

#include "fusebox/grpc/rejection.h"
#include "tests/grpc/flavour_fixture.h"
#include "tests/grpc/other_interceptors.h"

namespace fusebox {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

// An option of the call, or of its channel.
struct Option {
  const char* name;
  void (*set)(grpc::ClientContext& context) = [](grpc::ClientContext&) {};
  bool surrounded = false;  // by other interceptors
};

std::ostream& operator<<(std::ostream& os, const Option& option) {
  return os << option.name;
}

class MatrixTest
    : public testing::TestWithParam<std::tuple<Flavour, Transport, Option>> {
 protected:
  Seen Call(const std::shared_ptr<grpc::Channel>& channel) {
    grpc::ClientContext context;
    option().set(context);
    return flavour().Call(channel, &context);
  }
  Seen Call() { return Call(guarded_.channel()); }

  // Makes the same call without a breaker.
  Seen CallPlain() { return Call(Connect(server_, transport())); }

  // Expects that exactly `calls` calls reached the server, and that what the
  // other interceptors add arrived once.
  void ExpectServerSaw(size_t calls) {
    EXPECT_EQ(server_.calls(), calls);
    if (!option().surrounded) return;
    EXPECT_EQ(server_.metadata().count("before"), 1u);
    EXPECT_EQ(server_.metadata().count("after"), 1u);
  }

  const Flavour& flavour() const { return std::get<0>(GetParam()); }
  Transport transport() const { return std::get<1>(GetParam()); }
  const Option& option() const { return std::get<2>(GetParam()); }
  const char* method() const { return flavour().method(); }
  State state() { return guarded_.Now(method()).state; }

  InterceptorFactories Other(const char* key, Witness* witness) {
    if (!option().surrounded) return {};
    return List(AddsMetadata(key, witness));
  }

  Witness before_;
  Witness after_;
  EchoServer server_;
  GuardedChannel guarded_{server_, transport(), Config(),
                          Other("before", &before_), Other("after", &after_)};
};
const Option kOptions[] = {
    {""},
    {"WithDeadline",
     [](grpc::ClientContext& context) {
       context.set_deadline(std::chrono::system_clock::now() + hours(1));
     }},
    {"WaitForReady",
     [](grpc::ClientContext& context) { context.set_wait_for_ready(true); }},
    {"BetweenInterceptors", [](grpc::ClientContext&) {}, /*surrounded=*/true},
};
INSTANTIATE_TEST_SUITE_P(Each, MatrixTest,
                         testing::Combine(testing::ValuesIn(Flavours()),
                                          BothTransports(),
                                          testing::ValuesIn(kOptions)),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param).name) +
                                  Name(std::get<1>(row.param)) +
                                  std::get<2>(row.param).name;
                         });

TEST_P(MatrixTest, AnAdmittedCallEqualsOneWithoutABreaker) {
  EXPECT_EQ(Call(), CallPlain());
  EXPECT_EQ(guarded_.Totals(method()).successes, 1u);

  // If a call ends during a write, the result of the write depends on timing.
  server_.Respond(EchoReply::Fail(
      {grpc::StatusCode::UNAVAILABLE, "out of order", "bytes"}));
  Seen failed = Call();
  Seen plain = CallPlain();
  failed.returned = plain.returned = {};
  EXPECT_EQ(failed, plain);
  EXPECT_EQ(failed.status.error_message(), "out of order");
  EXPECT_EQ(guarded_.Totals(method()).failures, 1u);

  server_.Respond(EchoReply::Succeed());
  EXPECT_TRUE(Call().status.ok());
  ExpectServerSaw(5);
  guarded_.ExpectNothingHeld(method());
}

// Returns a text like "Write- WritesDone+".
std::string Print(const std::map<std::string, std::string>& returned) {
  std::string text;
  for (const auto& [operation, ok] : returned) text += operation + ok + " ";
  return text;
}
std::string Sorted(const char* returned) {
  std::istringstream stream(returned);
  std::map<std::string, std::string> by_operation;
  for (std::string word; stream >> word;) {
    by_operation[word.substr(0, word.size() - 1)] += word.back();
  }
  return Print(by_operation);
}

TEST_P(MatrixTest, ARejectedCallEndsAtOnceAndSaysWhy) {
  guarded_.Open(method());
  guarded_.clock().Advance(seconds(12));
  const Seen seen = Call();
  EXPECT_EQ(seen.completions, 1);
  EXPECT_EQ(Print(seen.returned), Sorted(flavour().when_rejected));
  EXPECT_THAT(seen.replies, testing::IsEmpty());
  EXPECT_THAT(seen.trailers, ElementsAre(Pair("fusebox-rejection", "OPEN")));

  EXPECT_EQ(seen.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(seen.status.error_message(),
              AllOf(HasSubstr(method()), HasSubstr("OPEN"),
                    HasSubstr("5 consecutive failures"), HasSubstr("48s")));
  EXPECT_TRUE(IsRejection(seen.status));
  const auto rejection = GetRejection(seen.status);
  ASSERT_TRUE(rejection);
  EXPECT_EQ(rejection->reason, RejectionReason::kOpen);
  EXPECT_EQ(rejection->state, State::kOpen);
  EXPECT_EQ(rejection->method, method());
  EXPECT_EQ(rejection->target, guarded_.target());
  EXPECT_EQ(rejection->retry_after, seconds(48));

  EXPECT_EQ(server_.calls(), 0u);
  if (transport() == Transport::kTcp) {
    EXPECT_EQ(guarded_.channel()->GetState(false), GRPC_CHANNEL_IDLE);
  }
  if (option().surrounded) {
    ASSERT_THAT(before_.statuses(), testing::SizeIs(1));
    EXPECT_TRUE(IsRejection(before_.statuses()[0]));
    EXPECT_EQ(after_.batches(), 0);
  }
  EXPECT_EQ(guarded_.Totals(method()).rejected_in_all(), 1u);
  EXPECT_EQ(guarded_.Totals(method()).failures, 5u);
  guarded_.ExpectNothingHeld(method());
}

TEST_P(MatrixTest, AProbeEqualsACallWithoutABreakerAndDecides) {
  guarded_.OpenAndWait(method());
  server_.Enqueue(
      EchoReply::Fail({grpc::StatusCode::UNAVAILABLE, "still out"}));
  EXPECT_EQ(Call().status.error_message(), "still out");
  EXPECT_EQ(state(), State::kOpen);
  const Seen rejected = Call();
  EXPECT_EQ(GetRejection(rejected.status)->retry_after, seconds(60));
  EXPECT_THAT(rejected.status.error_message(), HasSubstr("a probe failed"));

  guarded_.clock().Advance(seconds(60));
  EXPECT_EQ(Call(), CallPlain());
  EXPECT_EQ(state(), State::kClosed);
  EXPECT_TRUE(Call().status.ok());
  ExpectServerSaw(4);
  guarded_.ExpectNothingHeld(method());
}

}  // namespace
}  // namespace fusebox
