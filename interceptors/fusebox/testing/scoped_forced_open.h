// scoped_forced_open.h: a circuit that is open for a scope.
//
//   {
//     fusebox::ScopedForcedOpen open(registry, "/shop.v1.Cart/Checkout");
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

#include "fusebox/core/breaker.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/internal/binding.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

// Gives a method's breaker the operator's mode FORCED_OPEN, and at its end the
// mode that the operator had given it before, if any; the state stays as it is.
// A breaker that methods share (the policy's scope) rejects the calls of all of
// them. Scopes of one breaker must nest.
class ScopedForcedOpen {
 public:
  // The breaker for calls of `method` ("/shop.v1.Cart/Checkout") on channels to
  // `target`: what CreateChannel() or the interceptor factory was given. Fails
  // the test if the method is never broken.
  ScopedForcedOpen(std::shared_ptr<Registry> registry, std::string_view method,
                   std::string_view target = "")
      : registry_(std::move(registry)) {
    internal::GuardedMethod* const found = registry_->Find(target, method);
    if (found == nullptr) {
      ADD_FAILURE() << method << " is never broken: its circuit cannot be "
                    << "forced open unless the config names it";
      return;
    }
    breaker_ = &found->breaker();
    before_ = breaker_->TakeSnapshot().operator_mode;
    breaker_->SetOperatorMode(Mode::kForcedOpen);
  }
  ~ScopedForcedOpen() {
    if (breaker_ != nullptr) breaker_->SetOperatorMode(before_);
  }

  ScopedForcedOpen(const ScopedForcedOpen&) = delete;
  ScopedForcedOpen& operator=(const ScopedForcedOpen&) = delete;

 private:
  const std::shared_ptr<Registry> registry_;
  Breaker* breaker_ = nullptr;
  std::optional<Mode> before_;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTING_SCOPED_FORCED_OPEN_H_
