// manual_registry.h: a registry on a clock that the test sets.

#ifndef FUSEBOX_TESTS_REGISTRY_MANUAL_REGISTRY_H_
#define FUSEBOX_TESTS_REGISTRY_MANUAL_REGISTRY_H_

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string_view>

#include "fusebox/core/breaker.h"
#include "fusebox/policy/config.h"
#include "fusebox/registry/internal/binding.h"
#include "fusebox/registry/registry.h"
#include "fusebox/testing/manual_clock.h"
#include "tests/registry/targets.h"

namespace fusebox::internal {

// A part of a fixture.
class ManualRegistry {
 protected:
  // Creates a registry in place of the one before, if any.
  void Start(const Config& config = Config(), Registry::Options options = {}) {
    options.clock = &clock_;
    targets_.reset();
    registry_ = *Registry::Create(config, options);
    targets_.emplace(registry_);
  }

  // Destroys the registry, unless somebody else keeps it.
  void Stop() {
    targets_.reset();
    registry_.reset();
  }

  // Returns the method as a call meets it (targets.h).
  GuardedMethod* Find(std::string_view target, std::string_view method,
                      std::string_view key = {}) {
    return targets_->Find(target, method, key);
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
  std::optional<Targets> targets_;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_TESTS_REGISTRY_MANUAL_REGISTRY_H_
