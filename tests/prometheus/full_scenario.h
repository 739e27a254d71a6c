// full_scenario.h: a registry in which everything has happened that a metric
// counts.

#ifndef FUSEBOX_TESTS_PROMETHEUS_FULL_SCENARIO_H_
#define FUSEBOX_TESTS_PROMETHEUS_FULL_SCENARIO_H_

#include <memory>

#include "fusebox/registry/registry.h"
#include "fusebox/testing/manual_clock.h"

namespace fusebox::internal {

// Of its breakers "/shop.v1.Cart/Checkout" on "shop:443" is OPEN, and
// "/shop.v1.Cart/Get" CLOSED with enough calls for both ratios. A meter counts
// calls from the first one.
std::shared_ptr<Registry> FullScenario(ManualClock& clock);

}  // namespace fusebox::internal

#endif  // FUSEBOX_TESTS_PROMETHEUS_FULL_SCENARIO_H_
