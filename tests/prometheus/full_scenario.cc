#include "tests/prometheus/full_scenario.h"

#include <chrono>
#include <memory>

#include "absl/status/status.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/permit.h"
#include "fusebox/policy/config.h"
#include "fusebox/registry/internal/binding.h"
#include "fusebox/registry/registry.h"
#include "fusebox/testing/manual_clock.h"
#include "tests/registry/targets.h"

namespace fusebox::internal {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::shared_ptr<Registry> FullScenario(ManualClock& clock) {
  Config config;
  Policy& policy = config.default_policy;
  policy.failure_score = FailureScore{20};
  policy.failure_rate = FailureRate{0.75, 2};
  policy.slow_call_rate = SlowCallRate{seconds(2), 0.75, 2};
  policy.max_concurrent_calls = 100;
  Registry::Options options;
  options.clock = &clock;
  std::shared_ptr<Registry> registry = *Registry::Create(config, options);
  registry->MeterCalls();
  auto targets = std::make_shared<Targets>(registry);
  const auto call = [&](const char* name, Outcome outcome,
                        absl::StatusCode code) {
    GuardedMethod& method = *targets->Find("shop:443", name);
    Admission admission = method.breaker().Acquire();
    if (!admission) return;
    admission.permit.Finish({outcome, milliseconds(4)}, clock.Now());
    method.binding()->observed.Ended({outcome, code, "", milliseconds(4)});
  };
  constexpr char kGet[] = "/shop.v1.Cart/Get";
  call(kGet, Outcome::kSuccess, absl::StatusCode::kOk);
  call(kGet, Outcome::kSuccess, absl::StatusCode::kNotFound);
  call(kGet, Outcome::kFailure, absl::StatusCode::kUnavailable);
  constexpr char kCheckout[] = "/shop.v1.Cart/Checkout";
  for (int i = 0; i < 5; ++i) {
    call(kCheckout, Outcome::kFailure, absl::StatusCode::kUnavailable);
  }
  clock.Advance(seconds(1));
  return {std::move(targets), registry.get()};  // keeps the target open
}

}  // namespace fusebox::internal
