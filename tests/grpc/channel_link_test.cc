// When an RPC nudges its channel, and when the channel counts as reconnected,
// without gRPC.

#include "fusebox/grpc/internal/channel_link.h"

#include <grpc/grpc.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/base/threads.h"
#include "tests/grpc/call_interceptor_test.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;

// Channels by address. All of them are in the state that a test sets.
class FakeChannels final : public ChannelAccess {
 public:
  std::string Peer(const RpcChannel&) override { return "target"; }
  grpc_connectivity_state GetState(const RpcChannel&) noexcept override {
    ++looks;
    return state.load();
  }
  void Reconnect(const RpcChannel& channel) noexcept override {
    MutexLock lock(mu_);
    ++nudges_[channel.channel];
    ++nudges_in_all;
  }
  int NudgesOf(const grpc::ChannelInterface* channel) {
    MutexLock lock(mu_);
    return nudges_[channel];
  }

  std::atomic<grpc_connectivity_state> state{GRPC_CHANNEL_TRANSIENT_FAILURE};
  std::atomic<int> looks{0};
  std::atomic<int> nudges_in_all{0};

 private:
  Mutex mu_;
  std::map<const grpc::ChannelInterface*, int> nudges_;
};

// Returns an address that is never dereferenced.
grpc::ChannelInterface* Address(size_t number) {
  return reinterpret_cast<grpc::ChannelInterface*>(64 * (number + 1));
}

class ChannelLinkTest : public CallInterceptorTest {
 protected:
  explicit ChannelLinkTest(bool nudges = true)
      : nudger_(NewChannels(&channels_), nudges) {}

  static std::unique_ptr<ChannelAccess> NewChannels(FakeChannels** channels) {
    auto made = std::make_unique<FakeChannels>();
    *channels = made.get();
    return made;
  }

  void Use(const Policy& policy) { one_.breaker().Update(policy, Now()); }
  void EndEarly() {
    Policy policy;
    policy.half_open.early_on_reconnect = true;
    Use(policy);
  }

  // Opens the circuit of `one` for a minute.
  void Open(OneMethod& one) {
    while (one.breaker().TakeSnapshot().state == State::kClosed) {
      one.breaker().Acquire().permit.Settle({Outcome::kFailure});
    }
  }
  void Open() { Open(one_); }

  std::unique_ptr<CallInterceptor> NewCallOn(grpc::ChannelInterface* channel,
                                             OneMethod& one) {
    return std::make_unique<CallInterceptor>(
        one.use(), one.binding, clock_, RpcFacts(), /*classifier=*/nullptr,
        ChannelLink(&nudger_, {channel, nullptr}));
  }

  // Runs the first batch of a call. Returns "passes" or the reason of the
  // rejection. The permit is abandoned.
  static std::string Begin(CallInterceptor& call) {
    FakeBatch batch({Hook::PRE_SEND_INITIAL_METADATA, Hook::PRE_SEND_MESSAGE});
    FakeBatch nested({Hook::PRE_RECV_STATUS});
    batch.on_hijack = [&] { call.Intercept(&nested); };
    call.Intercept(&batch);
    if (!batch.hijacked()) return "passes";
    const auto& reason = nested.trailers().begin()->second;
    return std::string(reason.data(), reason.size());
  }
  std::string Call(size_t channel = 0) {
    return Begin(*NewCallOn(Address(channel), one_));
  }

  void SetState(grpc_connectivity_state state) { channels_->state = state; }
  std::string CallIn(grpc_connectivity_state state) {
    SetState(state);
    return Call();
  }
  int nudges() const { return channels_->nudges_in_all; }
  void Advance(Duration by) { clock_.Advance(by); }
  TimePoint Now() const { return clock_.Now(); }

  FakeChannels* channels_ = nullptr;
  ChannelNudger nudger_;
};

class ChannelLinkWithoutNudges : public ChannelLinkTest {
 protected:
  ChannelLinkWithoutNudges() : ChannelLinkTest(/*nudges=*/false) {}
};

// A call after a trip that opened the circuit for a minute.
struct Row {
  std::string name;
  Duration after_trip;
  grpc_connectivity_state state;
  Mode mode;
  // How long ago the channel was nudged for another breaker. 0 if never.
  Duration since_nudge;
  std::string comes_to;
  bool nudges;
};
class ACall : public ChannelLinkTest,
              public testing::WithParamInterface<Row> {};

TEST_P(ACall, NudgesWhenItIsTime) {
  const Row& row = GetParam();
  Open();
  Advance(row.after_trip);
  SetState(row.state);
  one_.breaker().SetOperatorMode(row.mode);
  if (row.since_nudge > 0s) {
    nudger_.Nudge({Address(0), nullptr}, Now() - row.since_nudge);
  }
  const int before = nudges();
  EXPECT_EQ(Call(), row.comes_to);
  EXPECT_EQ(nudges() - before, row.nudges ? 1 : 0);
}

constexpr auto kIdle = GRPC_CHANNEL_IDLE;
constexpr auto kConnecting = GRPC_CHANNEL_CONNECTING;
constexpr auto kReady = GRPC_CHANNEL_READY;
constexpr auto kFailing = GRPC_CHANNEL_TRANSIENT_FAILURE;
constexpr auto kNone = GRPC_CHANNEL_SHUTDOWN;
constexpr auto kEnforce = Mode::kEnforce;

INSTANTIATE_TEST_SUITE_P(
    Each, ACall,
    testing::Values(
        Row{"BeforeTheLastSecond", 59s - 1ns, kFailing, kEnforce, 0s, "OPEN",
            false},
        Row{"AtTheLastSecond", 59s, kFailing, kEnforce, 0s, "OPEN", true},
        Row{"AtTheVeryEnd", 60s - 1ns, kIdle, kEnforce, 0s, "OPEN", true},
        Row{"InItAndNudgedJustNow", 59s, kFailing, kEnforce, 1s - 1ns, "OPEN",
            false},
        Row{"InItAndNudgedASecondAgo", 59s, kFailing, kEnforce, 1s, "OPEN",
            true},
        Row{"InItInDryRun", 59s, kFailing, Mode::kDryRun, 0s, "passes", false},
        Row{"InItForcedOpen", 59s, kFailing, Mode::kForcedOpen, 0s,
            "FORCED_OPEN", false},
        Row{"InItDisabled", 59s, kFailing, Mode::kDisabled, 0s, "passes",
            false},
        Row{"AfterItFailing", 60s, kFailing, kEnforce, 0s, "RECONNECTING",
            true},
        Row{"LongAfterItFailing", 1h, kFailing, kEnforce, 0s, "RECONNECTING",
            true},
        Row{"AfterItAndNudgedBefore", 60s, kFailing, kEnforce, 1s,
            "RECONNECTING", true},
        Row{"AfterItAndNudgedJustNow", 60s, kFailing, kEnforce, 1s - 1ns,
            "RECONNECTING", false},
        Row{"AfterItReady", 60s, kReady, kEnforce, 0s, "passes", false},
        Row{"AfterItConnecting", 60s, kConnecting, kEnforce, 0s, "passes",
            false},
        Row{"AfterItIdle", 60s, kIdle, kEnforce, 0s, "passes", false},
        Row{"AfterItWithoutConnections", 60s, kNone, kEnforce, 0s, "passes",
            false},
        Row{"AfterItInDryRun", 60s, kFailing, Mode::kDryRun, 0s, "passes",
            false}),
    [](const auto& row) { return row.param.name; });

TEST_F(ChannelLinkTest, ManyRejectionsOfTheLastSecondNudgeOnce) {
  Open();
  Advance(58s);
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(Call(), "OPEN");
    EXPECT_EQ(nudges(), i < 100 ? 0 : 1);
    Advance(10ms);
  }
}

// At 200 calls per second, the channel is nudged once before the end of OPEN,
// and once more after it as soon as that is allowed.
TEST_F(ChannelLinkTest, AServerThatReturnsAfterTheNudgeIsStillFoundAtOnce) {
  Open();
  Advance(59s + 4ms);
  EXPECT_EQ(Call(), "OPEN");
  EXPECT_EQ(nudges(), 1);
  Advance(996ms);
  EXPECT_EQ(Call(), "RECONNECTING");
  EXPECT_EQ(nudges(), 1);
  Advance(5ms);
  EXPECT_EQ(Call(), "RECONNECTING");
  EXPECT_EQ(nudges(), 2);
  EXPECT_EQ(CallIn(kReady), "passes");
  EXPECT_EQ(one_.breaker().TakeSnapshot().state, State::kHalfOpen);
}

TEST_F(ChannelLinkTest, BreakersOfOneChannelShareItsNudge) {
  OneMethod other(Policy(), clock_, {"target", "/s/O", ""});
  Open();
  Open(other);
  Advance(59s);
  EXPECT_EQ(Call(), "OPEN");
  EXPECT_EQ(Begin(*NewCallOn(Address(0), other)), "OPEN");
  EXPECT_EQ(nudges(), 1);
}

TEST_F(ChannelLinkTest, EachChannelOfOneBreakerIsNudgedSeparately) {
  Open();
  Advance(59s);
  for (int round = 0; round < 2; ++round) {
    for (size_t channel = 0; channel < 3; ++channel) {
      EXPECT_EQ(Call(channel), "OPEN");
      EXPECT_EQ(channels_->NudgesOf(Address(channel)), 1);
    }
  }
}

TEST_F(ChannelLinkTest, BeyondTheMaximumTheChannelHeardOfLeastIsForgotten) {
  for (size_t i = 0; i < ChannelNudger::kMaxChannels + 10; ++i) {
    Advance(1ms);
    nudger_.NoteUnready({Address(i), nullptr}, Now());
  }
  const auto knows = [&](size_t i) {
    return nudger_.LastUnready({Address(i), nullptr}) != TimePoint::min();
  };
  EXPECT_TRUE(knows(0)) << "the first channel is never forgotten";
  EXPECT_TRUE(knows(ChannelNudger::kMaxChannels + 9));
  EXPECT_TRUE(knows(20));
  EXPECT_FALSE(knows(1));
  nudger_.Nudge({Address(5000), nullptr}, Now());
  EXPECT_EQ(channels_->NudgesOf(Address(5000)), 1);
}

TEST_F(ChannelLinkTest, TheChannelStateIsNotReadUntilItMatters) {
  EXPECT_EQ(Call(), "passes");
  Open();
  Advance(59s);
  EXPECT_EQ(Call(), "OPEN");
  EXPECT_EQ(channels_->looks, 0);
}

TEST_F(ChannelLinkTest, AnOpeningEndsEarlyWhenTheChannelIsReadyAgain) {
  EndEarly();
  Open();
  EXPECT_EQ(CallIn(kFailing), "OPEN");
  EXPECT_EQ(CallIn(kConnecting), "OPEN");
  EXPECT_EQ(CallIn(kReady), "passes");
  EXPECT_EQ(nudges(), 0);
}

TEST_F(ChannelLinkTest, AChannelThatStaysReadyDoesNotEndAnOpeningEarly) {
  SetState(kReady);
  EndEarly();
  Open();
  for (int i = 0; i < 58; ++i) {
    EXPECT_EQ(Call(), "OPEN");
    Advance(1s);
  }
}

TEST_F(ChannelLinkTest,
       AReconnectFromAnEarlierOpeningDoesNotEndAnOpeningEarly) {
  EndEarly();
  Open();
  EXPECT_EQ(Call(), "OPEN");  // not READY
  one_.breaker().Reset();
  Advance(1ns);
  SetState(kReady);
  Open();
  EXPECT_EQ(Call(), "OPEN");
  EXPECT_EQ(CallIn(kFailing), "OPEN");
  EXPECT_EQ(CallIn(kReady), "passes");
}

TEST_F(ChannelLinkTest, TheReconnectOfAnotherChannelDoesNotEndAnOpeningEarly) {
  EndEarly();
  Open();
  SetState(kFailing);
  EXPECT_EQ(Call(0), "OPEN");
  SetState(kReady);
  EXPECT_EQ(Call(1), "OPEN");
  EXPECT_EQ(Call(0), "passes");
}

TEST_F(ChannelLinkTest, AChannelWithoutConnectionsDoesNotEndAnOpeningEarly) {
  EndEarly();
  Open();
  EXPECT_EQ(CallIn(kNone), "OPEN");
  EXPECT_EQ(CallIn(kReady), "OPEN");
}

// No other event would wake the channel before the last second.
TEST_F(ChannelLinkTest, AWatchedIdleChannelIsNudgedOncePerSecond) {
  EndEarly();
  Open();
  SetState(kIdle);
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(Call(), "OPEN");
    EXPECT_EQ(nudges(), i / 20 + 1);
    Advance(50ms);
  }
  one_.breaker().SetOperatorMode(Mode::kDryRun);
  EXPECT_EQ(Call(), "passes");
  EXPECT_EQ(nudges(), 2);
}

TEST_F(ChannelLinkWithoutNudges, AfterAnOpeningTheNextCallIsTheProbe) {
  Open();
  Advance(59s);
  EXPECT_EQ(Call(), "OPEN");
  Advance(1s);
  EXPECT_EQ(Call(), "passes");
  EXPECT_EQ(nudges(), 0);
}

TEST_F(ChannelLinkWithoutNudges, OpeningsMayStillEndEarly) {
  EndEarly();
  Open();
  EXPECT_EQ(CallIn(kIdle), "OPEN");
  EXPECT_EQ(CallIn(kReady), "passes");
  EXPECT_EQ(nudges(), 0);
}

// Makes four calls at the same moment. Each is its own RPC.
class ChannelLinkRace : public ChannelLinkTest {
 protected:
  std::map<std::string, int> CallAtOnce() {
    constexpr size_t kCalls = 4;
    std::array<std::unique_ptr<CallInterceptor>, kCalls> calls;
    std::array<std::string, kCalls> came_to;
    std::vector<std::function<void()>> jobs;
    for (size_t i = 0; i < kCalls; ++i) {
      calls[i] = NewCallOn(Address(i % channels_used), one_);
      jobs.emplace_back([&, i] { came_to[i] = Begin(*calls[i]); });
    }
    Together(jobs);
    std::map<std::string, int> counts;
    for (const std::string& text : came_to) ++counts[text];
    return counts;
  }

  size_t channels_used = 1;
};
using Counts = std::map<std::string, int>;

TEST_F(ChannelLinkRace, IfSeveralCallsComeAtOnceExactlyOneNudges) {
  for (int round = 1; round <= 500; ++round) {
    one_.breaker().Reset();
    Open();
    Advance(59s);
    ASSERT_EQ(CallAtOnce(), (Counts{{"OPEN", 4}}));
    ASSERT_EQ(nudges(), 2 * round - 1);
    Advance(1s);
    ASSERT_EQ(CallAtOnce(), (Counts{{"RECONNECTING", 4}}));
    ASSERT_EQ(nudges(), 2 * round);
    Advance(1s);
    ASSERT_EQ(CallAtOnce(), (Counts{{"PROBES_BUSY", 3}, {"passes", 1}}));
    ASSERT_EQ(nudges(), 2 * round);
  }
}

TEST_F(ChannelLinkRace, EachOfSeveralChannelsIsNudgedOnce) {
  channels_used = 3;
  for (int round = 1; round <= 500; ++round) {
    one_.breaker().Reset();
    Open();
    Advance(59s);
    ASSERT_EQ(CallAtOnce(), (Counts{{"OPEN", 4}}));
    ASSERT_EQ(nudges(), 3 * round);
  }
}

TEST_F(ChannelLinkRace,
       IfSeveralCallsFindTheChannelReadyAgainExactlyOneIsTheProbe) {
  EndEarly();
  for (int round = 1; round <= 500; ++round) {
    one_.breaker().Reset();
    Open();
    SetState(kFailing);
    ASSERT_EQ(CallAtOnce(), (Counts{{"OPEN", 4}}));
    SetState(kReady);
    ASSERT_EQ(CallAtOnce(), (Counts{{"PROBES_BUSY", 3}, {"passes", 1}}));
  }
}

}  // namespace
}  // namespace fusebox::internal
