// Calls of every flavour end in unusual ways. Their permits are returned, in
// CLOSED and as probes, in-process and over TCP.

#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "fusebox/grpc/rejection.h"
#include "tests/grpc/flavour_fixture.h"

namespace fusebox {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::system_clock;

// How the breaker counts a call.
struct Counted {
  uint64_t successes = 0;
  uint64_t failures = 0;
  uint64_t ignored = 0;
  uint64_t abandoned = 0;  // part of `ignored`
  bool admitted() const { return successes + failures + ignored > 0; }
};
constexpr Counted kSuccess = {1, 0, 0, 0};
constexpr Counted kFailure = {0, 1, 0, 0};
constexpr Counted kIgnored = {0, 0, 1, 0};
constexpr Counted kAbandoned = {0, 0, 1, 1};
constexpr Counted kNotAdmitted = {};

// One server and one channel, whose circuit is CLOSED or waits for its probe.
struct Scene {
  Scene(const Flavour& which, Transport transport)
      : flavour(which), guarded(server, transport) {}

  Seen Call(grpc::ClientContext* context, const Plan& plan = {}) {
    return flavour.Call(guarded.channel(), context, plan);
  }
  TotalsReading Totals() { return guarded.Totals(flavour.method()); }
  State state() { return guarded.Now(flavour.method()).state; }

  const Flavour flavour;
  EchoServer server;
  GuardedChannel guarded;
};

class EndingTest : public testing::TestWithParam<Flavour> {
 protected:
  using Ending = std::function<void(Scene& scene)>;

  // Makes a call that ends like this, in every setting.
  static void Try(const Counted& counted, const Ending& ending) {
    for (const auto transport : {Transport::kInProcess, Transport::kTcp}) {
      for (const bool probe : {false, true}) {
        SCOPED_TRACE(std::string(Name(transport)) +
                     (probe ? ", a probe" : ", in CLOSED"));
        Scene scene(GetParam(), transport);
        const char* const method = scene.flavour.method();
        if (probe) scene.guarded.OpenAndWait(method);
        const TotalsReading before = scene.Totals();
        ending(scene);
        const TotalsReading now = scene.Totals();
        EXPECT_EQ(now.successes - before.successes, counted.successes);
        EXPECT_EQ(now.failures - before.failures, counted.failures);
        EXPECT_EQ(now.ignored - before.ignored, counted.ignored);
        EXPECT_EQ(now.abandoned - before.abandoned, counted.abandoned);
        EXPECT_EQ(now.broken_streams, 0u);
        scene.guarded.ExpectNothingHeld(method);
        EXPECT_EQ(scene.state(), probe ? AfterProbe(counted) : State::kClosed);

        // In every case the circuit can close and stays usable.
        scene.server.Respond(EchoReply::Succeed());
        scene.guarded.clock().Advance(seconds(60));
        for (int i = 0; i < 2; ++i) {
          grpc::ClientContext context;
          EXPECT_TRUE(scene.Call(&context).status.ok());
          EXPECT_EQ(scene.state(), State::kClosed);
        }
        scene.guarded.ExpectNothingHeld(method);
      }
    }
  }

  static State AfterProbe(const Counted& counted) {
    if (!counted.admitted() || counted.failures > 0) return State::kOpen;
    return counted.successes > 0 ? State::kClosed : State::kHalfOpen;
  }

  // What a stream counts as if its first reply was read. If the shape has no
  // stream of replies, returns `otherwise`.
  static Counted WithAReply(const Counted& otherwise) {
    const Shape shape = GetParam().shape;
    return shape == Shape::kServerStream || shape == Shape::kBidi ? kSuccess
                                                                  : otherwise;
  }
};

INSTANTIATE_TEST_SUITE_P(Each, EndingTest, testing::ValuesIn(Flavours()),
                         RowName());

TEST_P(EndingTest, ADeadlineThatHadAlreadyPassedIsIgnored) {
  Try(kIgnored, [](Scene& scene) {
    grpc::ClientContext context;
    context.set_deadline(system_clock::now() - seconds(1));
    EXPECT_EQ(scene.Call(&context).status.error_code(),
              grpc::StatusCode::DEADLINE_EXCEEDED);
  });
}

// Waiting takes time, so this uses only one flavour of each API and shape.
using DeadlineTest = EndingTest;
INSTANTIATE_TEST_SUITE_P(Each, DeadlineTest,
                         testing::ValuesIn(FlavoursThat([](const Flavour& f) {
                           return f.how == 0;
                         })),
                         RowName());

TEST_P(DeadlineTest, ADeadlineThatPassesWithoutAReplyIsAFailure) {
  Try(kFailure, [](Scene& scene) {
    scene.server.Respond(EchoReply::SilentAfter(0));
    grpc::ClientContext context;
    context.set_deadline(system_clock::now() + milliseconds(150));
    EXPECT_EQ(scene.Call(&context).status.error_code(),
              grpc::StatusCode::DEADLINE_EXCEEDED);
  });
}

TEST_P(EndingTest, ACallWhoseContextWasAlreadyCancelledPassesWithoutAPermit) {
  Try(kNotAdmitted, [](Scene& scene) {
    grpc::ClientContext context;
    context.TryCancel();
    const Seen seen = scene.Call(&context);
    EXPECT_EQ(seen.status.error_code(), grpc::StatusCode::CANCELLED);
    EXPECT_EQ(seen.completions, 1);
    EXPECT_EQ(scene.Totals().rejected_in_all(), 0u);
  });
}

TEST_P(EndingTest, ACallCancelledWhileTheServerIsSilentIsIgnored) {
  Try(kIgnored, [](Scene& scene) {
    scene.server.Respond(EchoReply::SilentAfter(0));
    grpc::ClientContext context;
    // A corked call has started as soon as its first request is written.
    std::thread canceller([&] {
      scene.server.WaitForCalls(1);
      context.TryCancel();
    });
    const Seen seen = scene.Call(&context);
    canceller.join();
    EXPECT_EQ(seen.status.error_code(), grpc::StatusCode::CANCELLED);
    EXPECT_EQ(seen.completions, 1);
  });
}

TEST_P(EndingTest, TheContextOfARejectedCallMayOutliveEverythingElse) {
  for (const auto transport : {Transport::kInProcess, Transport::kTcp}) {
    grpc::ClientContext context;
    {
      Scene scene(GetParam(), transport);
      scene.guarded.Open(scene.flavour.method());
      EXPECT_TRUE(IsRejection(scene.Call(&context).status));
    }
    EXPECT_EQ(
        context.GetServerTrailingMetadata().find("fusebox-rejection")->second,
        "OPEN");
  }
}

TEST_P(EndingTest, ACallSurvivesItsChannel) {
  Try(kFailure, [](Scene& scene) {
    scene.server.Respond(EchoReply::SilentAfter(0));
    std::thread closer([&] {
      scene.server.WaitForSilence(1);
      scene.guarded.CloseChannel();
      scene.server.EndSilence({grpc::StatusCode::UNAVAILABLE, "down"});
    });
    grpc::ClientContext context;
    EXPECT_EQ(scene.Call(&context).status.error_message(), "down");
    closer.join();
    scene.guarded.Reconnect(scene.server);
  });
}

TEST_P(EndingTest, AContextKeptAfterTheEndHoldsNothing) {
  std::vector<std::unique_ptr<grpc::ClientContext>> kept;
  Try(kSuccess, [&](Scene& scene) {
    kept.push_back(std::make_unique<grpc::ClientContext>());
    EXPECT_TRUE(scene.Call(kept.back().get()).status.ok());
  });
  EXPECT_EQ(kept.size(), 4u);
}

using UnaryEndingTest = EndingTest;
INSTANTIATE_TEST_SUITE_P(Each, UnaryEndingTest,
                         testing::ValuesIn(FlavoursOf(Shape::kUnary)),
                         RowName());

TEST_P(UnaryEndingTest, AProbeThatHangsFailsWhenItsLeaseExpires) {
  for (const auto transport : {Transport::kInProcess, Transport::kTcp}) {
    Scene scene(GetParam(), transport);
    scene.guarded.OpenAndWait(kSay);
    scene.server.Enqueue(EchoReply::SilentAfter(0));
    grpc::ClientContext context;
    std::thread hung([&] {
      EXPECT_EQ(scene.Call(&context).status.error_code(),
                grpc::StatusCode::CANCELLED);
    });
    scene.server.WaitForCalls(1);
    scene.guarded.clock().Advance(seconds(30));
    grpc::ClientContext rejected;
    EXPECT_EQ(GetRejection(scene.Call(&rejected).status)->reason,
              RejectionReason::kOpen);
    context.TryCancel();
    hung.join();
    EXPECT_EQ(scene.state(), State::kOpen);
    scene.guarded.clock().Advance(seconds(60));
    grpc::ClientContext probe;
    EXPECT_TRUE(scene.Call(&probe).status.ok());
    EXPECT_EQ(scene.state(), State::kClosed);
    scene.guarded.ExpectNothingHeld(kSay);
  }
}

using StreamEndingTest = EndingTest;
INSTANTIATE_TEST_SUITE_P(Each, StreamEndingTest,
                         testing::ValuesIn(FlavoursThat([](const Flavour& f) {
                           return f.shape != Shape::kUnary;
                         })),
                         RowName());

TEST_P(StreamEndingTest, AStreamCancelledMidwayIsNotBroken) {
  Try(WithAReply(kIgnored), [](Scene& scene) {
    scene.server.Respond(EchoReply::SilentAfter(1));
    grpc::ClientContext context;
    Plan plan;
    plan.midway = [&] { context.TryCancel(); };
    const Seen seen = scene.Call(&context, plan);
    EXPECT_EQ(seen.status.error_code(), grpc::StatusCode::CANCELLED);
    EXPECT_EQ(seen.completions, 1);
  });
}

TEST_P(StreamEndingTest, AStreamSurvivesItsChannel) {
  Try(kSuccess, [](Scene& scene) {
    Plan plan;
    plan.midway = [&] { scene.guarded.CloseChannel(); };
    grpc::ClientContext context;
    EXPECT_TRUE(scene.Call(&context, plan).status.ok());
    scene.guarded.Reconnect(scene.server);
  });
}

using UnfinishedTest = EndingTest;
INSTANTIATE_TEST_SUITE_P(Each, UnfinishedTest,
                         testing::ValuesIn(FlavoursThat([](const Flavour& f) {
                           return f.Does(Plan::End::kNotFinished);
                         })),
                         RowName());

TEST_P(UnfinishedTest, ACallThatIsNeverFinishedReturnsItsPermitWithItsContext) {
  for (const bool cancelled : {false, true}) {
    Try(WithAReply(kAbandoned), [=](Scene& scene) {
      Plan plan;
      plan.end = Plan::End::kNotFinished;
      grpc::ClientContext context;
      EXPECT_EQ(scene.Call(&context, plan).completions, 0);
      if (cancelled) context.TryCancel();
      EXPECT_EQ(scene.Totals().in_flight(), 1u);
    });
  }
}

using UnstartedTest = EndingTest;
INSTANTIATE_TEST_SUITE_P(Each, UnstartedTest,
                         testing::ValuesIn(FlavoursThat([](const Flavour& f) {
                           return f.Does(Plan::End::kNotStarted);
                         })),
                         RowName());

// gRPC creates the interceptor but never calls it, and leaks the call. It does
// so without interceptors too.
TEST_P(UnstartedTest, ACallThatIsNeverStartedTakesNoPermit) {
  Try(kNotAdmitted, [](Scene& scene) {
#ifdef __SANITIZE_ADDRESS__
    const __lsan::ScopedDisabler grpc_leaks;
#endif
    Plan plan;
    plan.end = Plan::End::kNotStarted;
    grpc::ClientContext context;
    EXPECT_EQ(scene.Call(&context, plan).completions, 0);
  });
}

}  // namespace
}  // namespace fusebox
