// scoped_forced_open.h: opens a circuit for a scope.
//
//   {
//     fusebox::ScopedForcedOpen open(
//         registry, fusebox::BreakerName{target, "/shop.v1.Cart/Checkout"});
//     EXPECT_EQ(shop.Checkout(), "come back later");
//   }
//   EXPECT_EQ(shop.Checkout(), "thank you");

#ifndef FUSEBOX_TESTING_SCOPED_FORCED_OPEN_H_
#define FUSEBOX_TESTING_SCOPED_FORCED_OPEN_H_

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/registry.h"
#include "fusebox/testing/internal/find_breaker.h"

namespace fusebox {

// Gives one breaker the mode FORCED_OPEN, as an operator would. The destructor
// restores the mode that the operator had set before, if any. The breaker's
// state does not change.
//
// If several methods share the breaker (see Policy::scope), the calls of all of
// them are rejected. Scopes of one breaker must nest.
class FUSEBOX_EXPORT ScopedForcedOpen {
 public:
  // Opens the breaker with this name. It need not have met a call yet. The
  // target is that of CreateChannel(), or InterceptorOptions::target. Fails the
  // test if calls of the method are never broken.
  ScopedForcedOpen(std::shared_ptr<Registry> registry, const BreakerName& name)
      : registry_(std::move(registry)) {
    Open(internal::FindBreaker(*registry_, name));
  }

  // Opens the only breaker that calls of `method` ("/shop.v1.Cart/Checkout")
  // have met. Fails the test, and opens nothing, if they have met none yet, or
  // one for each of several targets or keys. The failure lists the breakers
  // that there are.
  ScopedForcedOpen(std::shared_ptr<Registry> registry, std::string_view method)
      : registry_(std::move(registry)) {
    Open(internal::FindBreaker(*registry_, method));
  }

  ~ScopedForcedOpen() {
    if (breaker_ != nullptr) breaker_->SetOperatorMode(before_);
  }

  ScopedForcedOpen(const ScopedForcedOpen&) = delete;
  ScopedForcedOpen& operator=(const ScopedForcedOpen&) = delete;

 private:
  void Open(const absl::StatusOr<std::shared_ptr<Breaker>>& found) {
    if (!found.ok()) {
      ADD_FAILURE() << found.status().message();
      return;
    }
    breaker_ = *found;
    before_ = breaker_->TakeSnapshot().operator_mode;
    breaker_->SetOperatorMode(Mode::kForcedOpen);
  }

  const std::shared_ptr<Registry> registry_;
  std::shared_ptr<Breaker> breaker_;
  std::optional<Mode> before_;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTING_SCOPED_FORCED_OPEN_H_
