// stress_test.cc: a million calls on eight threads, which end in every way.

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

#include "fusebox/core/breaker.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/testing/manual_clock.h"
#include "tests/base/threads.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;

constexpr int kThreads = 8;
constexpr int kCallsPerThread = 125'000;
constexpr uint32_t kMaxProbes = 3;
constexpr Duration kOpenDuration = 10ms;

// Checks and notes each transition, under the breaker's lock.
class Witness final : public TransitionSink {
 public:
  // The newest transition: its generation and the state that it led to.
  struct Mark {
    uint64_t generation;
    State state;
    bool operator==(const Mark& other) const {
      return generation == other.generation && state == other.state;
    }
  };

  void Push(const Transition& t, const void*) noexcept override {
    EXPECT_EQ(t.from, last_.to);
    EXPECT_EQ(t.generation, last_.generation + 1);
    EXPECT_GE(t.at, last_.at);
    if (t.from == State::kOpen) {
      EXPECT_EQ(t.to, State::kHalfOpen);
      EXPECT_GE(t.at, last_.at + kOpenDuration) << "half-open before its time";
    }
    last_ = t;
    ++counts_[static_cast<size_t>(t.cause.reason)];
    mark_.store(t.generation << 2 | static_cast<uint64_t>(t.to));
  }
  void Flush() noexcept override {}

  Mark mark() const {
    const uint64_t mark = mark_.load();
    return {mark >> 2, static_cast<State>(mark & 3)};
  }
  int count(TransitionReason reason) const {
    return counts_[static_cast<size_t>(reason)];
  }

 private:
  Transition last_ = [] {
    Transition first;
    first.generation = 1;
    return first;
  }();
  std::array<int, kTransitionReasonCount> counts_{};
  std::atomic<uint64_t> mark_{1 << 2};
};

// Counts the probes in flight in each half-open generation. A place is counted
// after the breaker gave it and discounted before it is returned, so there are
// never fewer probes than this says.
class ProbeCount {
 public:
  void Begin(uint64_t generation) {
    const std::lock_guard<std::mutex> lock(mu_);
    EXPECT_LE(++in_flight_[generation], kMaxProbes);
  }
  void End(uint64_t generation) {
    const std::lock_guard<std::mutex> lock(mu_);
    if (--in_flight_[generation] == 0) in_flight_.erase(generation);
  }

 private:
  std::mutex mu_;
  std::map<uint64_t, uint32_t> in_flight_;
};

// The parameter is the probes' lease.
class Stress : public testing::TestWithParam<Duration> {
 protected:
  Stress() {
    Settings settings;
    settings.open_duration = kOpenDuration;
    settings.half_open.max_probes = kMaxProbes;
    settings.half_open.successes_to_close = 2;
    settings.half_open.timeout = GetParam();
    Breaker::Options options;
    options.clock = &clock_;
    options.sink = &witness_;
    breaker_ = Breaker::Create("b", settings, options);
  }

  // Returns whether only the end of calls frees places.
  bool LeaseNeverEnds() const { return GetParam() == Duration::max(); }

  // Makes calls on this thread until `calls` of them have passed and ended.
  void Call(int calls, std::mt19937_64 random) {
    for (int i = 0; i < calls;) {
      if (random() % 32 == 0) clock_.Advance(kOpenDuration / 8);
      const Witness::Mark before = witness_.mark();
      const auto shape = random() % 4 ? CallShape::kUnary : CallShape::kStream;
      Admission admission = breaker_->Acquire(shape);
      const Witness::Mark after = witness_.mark();
      Judge(admission, before, after);
      if (!admission) {
        if (random() % 4 == 0) clock_.Advance(kOpenDuration / 8);
        continue;
      }
      ++i;
      const uint64_t probe_of =
          LeaseNeverEnds() ? ProbeOf(admission.permit, before, after) : 0;
      if (probe_of != 0) probes_.Begin(probe_of);
      End(std::move(admission.permit), probe_of, random);
    }
  }

  // The breaker stores its state word before it calls the witness, and holds
  // its lock for both. If the witness says the same OPEN before and after an
  // Acquire, the word said this OPEN, or another thread had just stored the
  // HALF_OPEN after it and still held the lock. In HALF_OPEN no call passes
  // without the lock, which is free only after the witness was called. In both
  // cases, therefore, the call must not pass.
  static void Judge(const Admission& admission, Witness::Mark before,
                    Witness::Mark after) {
    if (before.state == State::kOpen && before == after) {
      EXPECT_FALSE(admission) << "admitted in OPEN";
    }
    if (admission.rejection &&
        admission.rejection->reason == RejectionReason::kOpen) {
      EXPECT_GT(admission.rejection->retry_after, Duration(0));
      EXPECT_LE(admission.rejection->retry_after, kOpenDuration);
    }
  }

  // Returns the half-open generation of a probe if it is certain. Otherwise,
  // and for calls that are no probes, returns 0.
  static uint64_t ProbeOf(const Permit& permit, Witness::Mark before,
                          Witness::Mark after) {
    const bool certain = after.state == State::kHalfOpen &&
                         after.generation - before.generation <= 1;
    return permit.is_probe() && certain ? after.generation : 0;
  }

  // Ends a call in one of many ways.
  void End(Permit permit, uint64_t probe_of, std::mt19937_64& random) {
    if (random() % 3 == 0) {
      Permit moved = std::move(permit);
      EXPECT_FALSE(permit.Settle({Outcome::kFailure}));
      permit = std::move(moved);
    }
    // Some calls take long enough for others to change the state.
    if (random() % 64 == 0) std::this_thread::yield();
    const Duration took(random() % 1000);
    const uint64_t dice = random() % 16;
    const bool abandon = dice == 0;
    if (!abandon) {
      const Outcome outcome = dice < 3   ? Outcome::kIgnored
                              : dice < 9 ? Outcome::kSuccess
                                         : Outcome::kFailure;
      EXPECT_TRUE(permit.Settle({outcome, took}));
      EXPECT_FALSE(permit.Settle({Outcome::kSuccess}));
    }
    if (probe_of != 0) probes_.End(probe_of);
    if (random() % 2 == 0) permit.Release();  // else its destructor does
  }

  ManualClock clock_;
  Witness witness_;
  ProbeCount probes_;
  std::unique_ptr<Breaker> breaker_;
};

TEST_P(Stress, AMillionCallsKeepEveryPromise) {
  constexpr uint64_t kSeed = 20240531;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  OnThreads(kThreads, [&](int thread) {
    SCOPED_TRACE(testing::Message() << "seed " << kSeed << " + " << thread);
    Call(kCallsPerThread,
         std::mt19937_64(kSeed + static_cast<uint64_t>(thread)));
  });

  const Snapshot end = breaker_->TakeSnapshot();
  const TotalsReading& totals = end.totals;
  EXPECT_EQ(totals.admitted, uint64_t{kThreads} * kCallsPerThread);
  EXPECT_EQ(totals.ended, totals.admitted);
  EXPECT_EQ(totals.successes + totals.failures + totals.ignored,
            totals.admitted);
  EXPECT_GT(totals.abandoned, 0u);
  EXPECT_GT(totals.rejected_in_all(), 0u);
  EXPECT_EQ(end.probes_in_flight, 0u);
  EXPECT_EQ(end.generation, witness_.mark().generation);
  for (const TransitionReason reason :
       {TransitionReason::kConsecutiveFailures, TransitionReason::kOpenElapsed,
        TransitionReason::kProbeSucceeded, TransitionReason::kProbeFailed}) {
    EXPECT_GT(witness_.count(reason), 0) << reason;
  }

  // The breaker is never stuck: healthy calls close it from any state.
  for (int i = 0; i < 3; ++i) {
    clock_.Advance(kOpenDuration);
    Admission admission = breaker_->Acquire();
    ASSERT_TRUE(admission);
    EXPECT_TRUE(admission.permit.Settle({Outcome::kSuccess}));
  }
  EXPECT_EQ(breaker_->TakeSnapshot().state, State::kClosed);
}

INSTANTIATE_TEST_SUITE_P(Leases, Stress,
                         testing::Values(Duration::max(), kOpenDuration),
                         [](const testing::TestParamInfo<Duration>& of) {
                           return of.param == Duration::max()
                                      ? "NeverEnding"
                                      : "AsShortAsAnOpening";
                         });

}  // namespace
}  // namespace fusebox
