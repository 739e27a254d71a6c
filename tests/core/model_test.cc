// model_test.cc: compares a breaker with the reference model in random runs.
// After every step both must have given the same answer and be in the same
// state.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/base/random.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/testing/manual_clock.h"
#include "tests/core/reference_model.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;

// Gives the same numbers to the breaker and to the model, which have one each.
class Sequence final : public RandomSource {
 public:
  double Next() noexcept override {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<double>(state_ >> 11) * 0x1p-53;
  }

 private:
  uint64_t state_ = 42;
};

// One step of a run. The meaning of `a` and `b` depends on the kind.
struct Step {
  int kind;
  uint32_t a;
  uint32_t b;
};

std::ostream& operator<<(std::ostream& os, const Step& step) {
  return os << "{" << step.kind << ", " << step.a << ", " << step.b << "}";
}

// Makes settings from two numbers. The values are small, so that everything
// happens often.
Settings MakeSettings(uint32_t a, uint32_t b) {
  const auto pick = [&](uint32_t choices) {
    a = a * 1664525 + 1013904223 + b;
    return (a >> 8) % choices;
  };
  constexpr double kRates[] = {0.25, 0.5, 0.6, 1};
  Settings s;
  s.consecutive_failures = pick(5);
  if (pick(2) == 0) s.max_failure_gap = 1ms * pick(4);
  if (pick(3) == 0) {
    s.failure_score = FailureScore{1 + pick(8), 1 + pick(4), 1 + pick(3)};
  }
  s.window = pick(2) == 0 ? Window::OfCalls(1 + pick(6))
                          : Window::OfTime(10ms * (1 + pick(4)));
  const uint32_t most = s.window.calls == 0 ? 6 : s.window.calls;
  if (pick(3) != 0) s.failure_rate = {kRates[pick(4)], 1 + pick(most)};
  if (pick(2) != 0) {
    s.slow_call_rate = {5ms, kRates[pick(4)], 1 + pick(most)};
  }
  s.open_duration = 1ms * (1 + pick(20));
  if (pick(2) != 0) {
    s.open_backoff = OpenBackoff{
        1 + 0.5 * pick(4), s.open_duration * (1 + pick(5)), 0.25 * pick(5)};
  }
  s.half_open.max_probes = 1 + pick(3);
  s.half_open.successes_to_close = 1 + pick(3);
  s.half_open.timeout = 1ms * (1 + pick(20));
  if (pick(2) != 0) s.recovery_ramp = {1ms * (1 + pick(30)), 0.25 * pick(5)};
  if (pick(3) == 0) s.max_concurrent_calls = 1 + pick(4);
  s.half_open.early_on_reconnect = pick(2) != 0;
  s.honor_pushback = pick(4) != 0;
  s.max_pushback = 10ms * pick(4);
  if (pick(4) == 0) s.mode = static_cast<Mode>(pick(4));
  return s;
}

using Way = ReferenceModel::Way;

// A connection in a fixed state.
class Told final : public Connectivity {
 public:
  explicit Told(Way way) : way_(way) {}
  bool IsDown() noexcept override { return way_ == Way::kDown; }
  bool HasComeBack(TimePoint, TimePoint) noexcept override {
    return way_ == Way::kCameBack;
  }

 private:
  const Way way_;
};

// Counts what has happened in all runs, by name.
std::map<std::string, int>& Seen() {
  static auto& seen = *new std::map<std::string, int>;
  return seen;
}

// A breaker, its model, and the calls in flight.
class Pair {
 public:
  explicit Pair(const Settings& settings)
      : model_(settings, [this] { return model_random_.Next(); }) {
    Breaker::Options options;
    options.clock = &clock_;
    options.sink = &sink_;
    options.random = &random_;
    breaker_ = Breaker::Create("b", settings, options);
  }

  void Do(const Step& step) {
    switch (step.kind) {
      case 0:
      case 1:
      case 2:
      case 3:
        return Acquire(step.b % 4 == 0 ? CallShape::kStream : CallShape::kUnary,
                       static_cast<Way>(step.b / 4 % 3));
      case 4:
      case 5:
      case 6:
      case 7:
      case 8:
        return Settle(step.a, VerdictOf(step.b), /*ends=*/step.kind != 8);
      case 9:
        return Release(step.a);
      case 10:
      case 11:
        return clock_.Advance(AdvanceOf(step.a));
      case 12:
        // Several fast successes, as in a healthy circuit.
        for (uint32_t i = 0; i < step.a % 8; ++i) {
          Acquire(CallShape::kUnary, Way::kUnknown);
          if (calls_.empty()) return;
          Settle(static_cast<uint32_t>(calls_.size()) - 1,
                 {Outcome::kSuccess, Duration(1)}, true);
        }
        return;
      default:
        return Steer(step);
    }
  }

  void Compare() {
    const Snapshot is = breaker_->TakeSnapshot();
    RC_ASSERT(is.state == model_.state());
    RC_ASSERT(is.generation == model_.generation());
    RC_ASSERT(is.mode == model_.mode());
    RC_ASSERT(is.openings == model_.row());
    RC_ASSERT(is.probes_in_flight == model_.probes());
    RC_ASSERT(is.probe_successes == model_.probe_successes());
    RC_ASSERT(is.concurrent_calls == model_.slots());
    if (is.state == State::kOpen) {
      RC_ASSERT(Nanoseconds(*is.open_until) == model_.open_until());
    }
    if (is.state == State::kClosed) {
      const auto counts = model_.Count(Now());
      RC_ASSERT(is.consecutive_failures == model_.run());
      RC_ASSERT(is.failure_score == model_.score());
      RC_ASSERT(is.window.calls == counts.calls);
      RC_ASSERT(is.window.failures == counts.failures);
      RC_ASSERT(is.window.slow_calls == counts.slow);
    }
    RC_ASSERT(told_ == model_.told());
    const TotalsReading& t = is.totals;
    RC_ASSERT(t.admitted == admitted_);
    RC_ASSERT(t.in_flight() == calls_.size());
    RC_ASSERT(t.rejected_in_all() == rejected_);
  }

 private:
  using Running = std::pair<Permit, ReferenceModel::Call>;

  static int64_t Nanoseconds(TimePoint at) {
    return at.time_since_epoch().count();
  }
  int64_t Now() const { return Nanoseconds(clock_.Now()); }

  static Verdict VerdictOf(uint32_t b) {
    constexpr Outcome kOutcomes[] = {Outcome::kSuccess, Outcome::kFailure,
                                     Outcome::kFailure, Outcome::kSuccess,
                                     Outcome::kIgnored};
    return {kOutcomes[b % 5], 1ms * (b / 5 % 8), 7ms * (b / 40 % 6) - 7ms};
  }

  // Returns a step of time that often leads to the end of a bucket, an opening
  // or a lease.
  Duration AdvanceOf(uint32_t a) const {
    switch (a % 4) {
      case 0:
        return 1ms * (a / 4 % 12);
      case 1:
        return Duration(a / 4 % 3'000'000);
      case 2:
        if (model_.state() != State::kOpen) {
          return Duration(1ms) - Duration(Now() % 1'000'000);
        }
        if (Now() >= model_.open_until())
          return 499'999'999ns + Duration(a / 4 % 3);
        return Duration(model_.open_until() - Now() - 1 + a / 4 % 2);
      default:
        return 30ms * (a / 4 % 4);
    }
  }

  void Acquire(CallShape shape, Way way) {
    Told told(way);
    Admission is = breaker_->Acquire(clock_.Now(), shape, &told);
    const auto must = model_.Acquire(shape, way, Now());
    RC_ASSERT(static_cast<bool>(is) == must.call.has_value());
    RC_ASSERT(is.rejection.has_value() == must.rejected.has_value());
    if (must.rejected) {
      RC_ASSERT(is.rejection->reason == *must.rejected);
      ++Seen()[std::string(Name(*must.rejected))];
      RC_ASSERT(is.rejection->retry_after.has_value() ==
                must.retry_after.has_value());
      if (must.retry_after) {
        RC_ASSERT(is.rejection->retry_after->count() == *must.retry_after);
      }
    }
    if (must.call) {
      ++admitted_;
      RC_ASSERT(is.permit.is_judged() == must.call->judged);
      RC_ASSERT(is.permit.is_probe() == (must.call->probe != 0));
      calls_.emplace_back(std::move(is.permit), *must.call);
    } else {
      ++rejected_;
    }
  }

  void Settle(uint32_t which, const Verdict& verdict, bool ends) {
    if (calls_.empty()) return;
    const size_t i = which % calls_.size();
    auto& [permit, call] = calls_[i];
    const bool given = call.settled;
    model_.Settle(call, verdict, Now());
    if (ends) {
      RC_ASSERT(permit.Finish(verdict, clock_.Now()) == !given);
      model_.Release(call);
      calls_.erase(calls_.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      RC_ASSERT(permit.Settle(verdict) == !given);
    }
  }

  void Release(uint32_t which) {
    if (calls_.empty()) return;
    const size_t i = which % calls_.size();
    calls_[i].first.Release();
    model_.Release(calls_[i].second);
    calls_.erase(calls_.begin() + static_cast<std::ptrdiff_t>(i));
  }

  void Steer(const Step& step) {
    switch (step.a % 8) {
      case 0:
        breaker_->Reset();
        return model_.Reset(Now());
      case 1:
      case 2: {
        std::optional<Mode> mode;
        if (step.b % 3 == 0) mode = static_cast<Mode>(step.b / 3 % 4);
        breaker_->SetOperatorMode(mode);
        return model_.SetOperatorMode(mode);
      }
      case 3:
      case 4: {
        const Settings settings = MakeSettings(step.b, step.a);
        RC_ASSERT(breaker_->Update(settings, clock_.Now()));
        return model_.Update(settings);
      }
      default: {
        const Verdict verdict = {Outcome::kFailure, 9ms, 3ms};
        breaker_->ReportBrokenStream(verdict, true, clock_.Now());
        return model_.BreakStream(verdict, Now());
      }
    }
  }

  ManualClock clock_;
  Sequence random_;
  Sequence model_random_;
  std::vector<std::string> told_;
  InlineDelivery sink_{[this](const Transition& t) {
    if (t.from == t.to && t.generation == last_generation_) return;  // a mode
    last_generation_ = t.generation;
    std::ostringstream line;
    line << t.from << ">" << t.to << ":" << t.cause.reason;
    ++Seen()[std::string(Name(t.cause.reason))];
    told_.push_back(line.str());
  }};
  uint64_t last_generation_ = 1;
  std::unique_ptr<Breaker> breaker_;
  ReferenceModel model_;
  std::vector<Running> calls_;
  uint64_t admitted_ = 0;
  uint64_t rejected_ = 0;
};

rc::Gen<Step> AnyStep() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::inRange(0, 16), rc::gen::inRange(0u, 1u << 16),
                     rc::gen::inRange(0u, 1u << 16)),
      [](const std::tuple<int, uint32_t, uint32_t>& t) {
        // Steering is rare, so kinds 13 and 14 are calls, too.
        const auto [kind, a, b] = t;
        return Step{kind == 13 ? 0 : kind == 14 ? 5 : kind, a, b};
      });
}

// Makes as many runs as fit in a second or two. The environment may ask for
// others: RC_PARAMS="max_success=100000 seed=..."
[[maybe_unused]] const int kParams =
    setenv("RC_PARAMS", "max_success=2000", /*overwrite=*/0);

void Live() {
  const auto a = *rc::gen::inRange(0u, 1u << 16);
  const auto b = *rc::gen::inRange(0u, 1u << 16);
  const auto steps =
      *rc::gen::scale(4.0, rc::gen::container<std::vector<Step>>(AnyStep()));
  const Settings settings = MakeSettings(a, b);
  RC_ASSERT(ToString(settings.Validate()) == "");
  Pair pair(settings);
  for (const Step& step : steps) {
    pair.Do(step);
    pair.Compare();
  }
}

TEST(Model, AgreesWithTheBreakerAfterEveryStepOfManyRandomRuns) {
  EXPECT_TRUE(rc::check("breaker and model agree", Live));
  // If something never happened, agreement would say little.
  for (int i = 0; i < kTransitionReasonCount; ++i) {
    const std::string name(Name(static_cast<TransitionReason>(i)));
    EXPECT_GT(Seen()[name], 10) << name;
  }
  for (int i = 0; i < kRejectionReasonCount; ++i) {
    const std::string name(Name(static_cast<RejectionReason>(i)));
    EXPECT_GT(Seen()[name], 10) << name;
  }
}

}  // namespace
}  // namespace fusebox
