// manual_registry.h: a registry on a clock that the test sets.

#ifndef FUSEBOX_TESTS_REGISTRY_MANUAL_REGISTRY_H_
#define FUSEBOX_TESTS_REGISTRY_MANUAL_REGISTRY_H_

#include <gtest/gtest.h>

#include <memory>

#include "fusebox/core/breaker.h"
#include "fusebox/policy/config.h"
#include "fusebox/registry/registry.h"
#include "fusebox/testing/manual_clock.h"

namespace fusebox::internal {

// A part of a fixture.
class ManualRegistry {
 protected:
  // Creates a registry in place of the one before, if any.
  void Start(const Config& config = Config(), Registry::Options options = {}) {
    options.clock = &clock_;
    registry_ = *Registry::Create(config, options);
  }

  // Makes as many calls fail, which must pass.
  static void Fail(Breaker& breaker, int calls) {
    for (int i = 0; i < calls; ++i) {
      Admission admission = breaker.Acquire();
      ASSERT_TRUE(admission);
      EXPECT_TRUE(admission.permit.Settle({Outcome::kFailure}));
    }
  }

  ManualClock clock_;
  std::shared_ptr<Registry> registry_;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_TESTS_REGISTRY_MANUAL_REGISTRY_H_
