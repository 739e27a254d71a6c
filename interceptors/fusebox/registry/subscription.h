// subscription.h: how long a listener hears the events of a registry.
//
//   const fusebox::Subscription subscription =
//       registry->Subscribe([](const fusebox::Event& event) { ... });
//
// A Subscription is a value that can be moved. Its listener hears events until
// the Subscription is reset or destroyed, or until the registry is gone.
// Declare it after everything that the listener uses.

#ifndef FUSEBOX_REGISTRY_SUBSCRIPTION_H_
#define FUSEBOX_REGISTRY_SUBSCRIPTION_H_

#include <cstdint>
#include <memory>

namespace fusebox {

namespace internal {
class Dispatcher;
}  // namespace internal

// Does not keep the registry alive, and is harmless after the registry is gone.
// Not thread-safe, but Subscriptions of one registry may be used in parallel.
class Subscription {
 public:
  // Belongs to no listener.
  Subscription() = default;

  ~Subscription() { Reset(); }

  // The source belongs to no listener afterwards.
  Subscription(Subscription&& other) noexcept;

  // Calls Reset() first.
  Subscription& operator=(Subscription&& other) noexcept;

  // Ends the subscription: the listener is not called again. Blocks until a
  // running call of the listener returns, unless it is called from that
  // listener. So do not hold a lock here that the listener takes. Does nothing
  // the second time.
  void Reset() noexcept;

 private:
  friend class Registry;
  Subscription(std::weak_ptr<internal::Dispatcher> dispatcher, uint64_t number);

  std::weak_ptr<internal::Dispatcher> dispatcher_;
  uint64_t number_ = 0;
};

}  // namespace fusebox

#endif  // FUSEBOX_REGISTRY_SUBSCRIPTION_H_
