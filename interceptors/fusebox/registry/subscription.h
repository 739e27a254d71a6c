// subscription.h: a listener of a registry's events, for as long as it lives.

#ifndef FUSEBOX_REGISTRY_SUBSCRIPTION_H_
#define FUSEBOX_REGISTRY_SUBSCRIPTION_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "fusebox/registry/event.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

// Keeps the registry alive. What the listener uses is to be declared before it.
class Subscription {
 public:
  // REQUIRES: `registry` is not null.
  Subscription(std::shared_ptr<Registry> registry, EventListener listener)
      : registry_(std::move(registry)),
        number_(registry_->AddEventListener(std::move(listener))) {}

  // The listener is not called again once this returns (see
  // Registry::RemoveEventListener()).
  ~Subscription() { registry_->RemoveEventListener(number_); }

  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  Registry& registry() const { return *registry_; }

 private:
  const std::shared_ptr<Registry> registry_;
  const uint64_t number_;
};

}  // namespace fusebox

#endif  // FUSEBOX_REGISTRY_SUBSCRIPTION_H_
