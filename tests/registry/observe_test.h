// observe_test.h: a registry on a manual clock, and things to happen in it.

#ifndef FUSEBOX_TESTS_REGISTRY_OBSERVE_TEST_H_
#define FUSEBOX_TESTS_REGISTRY_OBSERVE_TEST_H_

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "absl/status/status.h"
#include "fusebox/registry/internal/binding.h"
#include "fusebox/registry/registry.h"
#include "tests/registry/manual_registry.h"

namespace fusebox::internal {

class ObserveTest : public testing::Test, protected ManualRegistry {
 protected:
  static constexpr char kMethod[] = "/shop.v1.Cart/Checkout";

  ObserveTest() { Start(); }

  GuardedMethod& Method(const std::string& name = kMethod) {
    return *Find("shop:443", name);
  }

  // Makes a call that passes and ends like this.
  void End(Outcome outcome, absl::StatusCode code, const std::string& message,
           const std::string& method = kMethod) {
    const CallEnd end = {outcome, code, message, std::chrono::milliseconds(3)};
    Admission admission = Method(method).breaker().Acquire();
    ASSERT_TRUE(admission);
    admission.permit.Settle({outcome, end.duration, Duration(0), &end},
                            clock_.Now());
    Method(method).binding()->observed.Ended(end);
  }

  // Makes as many calls fail as open a circuit.
  void Open(const std::string& method = kMethod) {
    for (int i = 0; i < 5; ++i) {
      End(Outcome::kFailure, absl::StatusCode::kUnavailable, "refused", method);
    }
  }

  void Reject(const std::string& method = kMethod, bool enforced = true) {
    Method(method).binding()->observed.Rejected(
        {RejectionReason::kOpen, State::kOpen, std::chrono::seconds(5), {}},
        enforced, clock_.Now());
  }
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_TESTS_REGISTRY_OBSERVE_TEST_H_
