#include "tools/replay/simulation.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"
#include "fusebox/policy/code_classifier.h"
#include "fusebox/policy/policy.h"

namespace fusebox::tool {
namespace {

TimePoint At(int64_t t_us) {
  return TimePoint(std::chrono::microseconds(t_us));
}

int64_t Micros(TimePoint at) {
  return std::chrono::floor<std::chrono::microseconds>(at.time_since_epoch())
      .count();
}

Duration Milliseconds(int64_t ms) {
  constexpr int64_t kMax =
      std::chrono::floor<std::chrono::milliseconds>(Duration::max()).count();
  return ms > kMax ? Duration::max() : Duration(std::chrono::milliseconds(ms));
}

}  // namespace

Simulation::Simulation(const PolicyTable& policies,
                       std::vector<SimulationObserver*> observers,
                       std::optional<uint64_t> seed)
    : policies_(policies),
      dice_(seed),
      observers_(std::move(observers)),
      sink_([this](const Transition& transition) {
        for (SimulationObserver* const observer : observers_) {
          observer->OnTransition(Micros(transition.at), transition);
        }
      }) {}

Simulation::Dice::Dice(std::optional<uint64_t> seed) {
  if (seed) engine_.emplace(*seed);
}

// Returns the same numbers on every platform, which
// std::uniform_real_distribution does not guarantee.
double Simulation::Dice::Next() noexcept {
  if (!engine_) return 0.5;
  return static_cast<double>((*engine_)() >> 11) * 0x1p-53;
}

void Simulation::Run(const RecordedCall& call) {
  SettleUntil(call.start_us);
  Method& method = Find(call.method);
  if (method.breaker == nullptr) {
    for (SimulationObserver* const observer : observers_) {
      observer->OnCall(call, nullptr, CallResult());
    }
    return;
  }
  const Duration duration = std::chrono::microseconds(call.duration_us);
  CallResult result;
  result.outcome = method.classifier.Classify(call.code);
  result.slow = method.slow_after && duration >= *method.slow_after;
  Admission admission = method.breaker->Acquire(At(call.start_us));
  if (admission.rejection) {
    for (SimulationObserver* const observer : observers_) {
      observer->OnRejected(call, admission.rejection->reason, !admission);
    }
  }
  result.admitted = static_cast<bool>(admission);
  if (result.admitted) {
    in_flight_.push_back(
        {call.start_us + call.duration_us,
         ++calls_,
         std::move(admission.permit),
         {result.outcome, duration, Milliseconds(call.pushback_ms)}});
    std::push_heap(in_flight_.begin(), in_flight_.end(), Later);
  }
  for (SimulationObserver* const observer : observers_) {
    observer->OnCall(call, method.breaker, result);
  }
}

void Simulation::Finish() { SettleUntil(std::numeric_limits<int64_t>::max()); }

Simulation::Method& Simulation::Find(std::string_view name) {
  // A lookup by std::string_view would need C++20.
  const auto [found, is_new] = methods_.try_emplace(std::string(name));
  Method& method = found->second;
  if (!is_new) return method;
  const Policy* const policy = policies_.Find(name);
  if (policy == nullptr) return method;
  method.classifier = CodeClassifier(*policy);
  if (policy->slow_call_rate) {
    method.slow_after = policy->slow_call_rate->duration;
  }
  const std::string key(BreakerKey(policy->scope, name));
  std::unique_ptr<Breaker>& breaker = breakers_[key];
  if (breaker == nullptr) {
    Breaker::Options options;
    options.sink = &sink_;
    options.keep_totals = false;
    options.random = &dice_;
    breaker = Breaker::Create(key, *policy, options);
  }
  method.breaker = breaker.get();
  return method;
}

bool Simulation::Later(const Settlement& a, const Settlement& b) {
  return std::tie(a.end_us, a.number) > std::tie(b.end_us, b.number);
}

void Simulation::SettleUntil(int64_t t_us) {
  while (!in_flight_.empty() && in_flight_.front().end_us <= t_us) {
    std::pop_heap(in_flight_.begin(), in_flight_.end(), Later);
    Settlement settlement = std::move(in_flight_.back());
    in_flight_.pop_back();
    settlement.permit.Settle(settlement.verdict, At(settlement.end_us));
    settlement.permit.Release();
  }
}

}  // namespace fusebox::tool
