// breaker_name.h: the identity of one of a registry's circuit breakers.

#ifndef FUSEBOX_REGISTRY_BREAKER_NAME_H_
#define FUSEBOX_REGISTRY_BREAKER_NAME_H_

#include <string>
#include <tuple>

namespace fusebox {

// Orders by target, then method, then key.
struct BreakerName {
  // The channel's target, or the name that its interceptor factory was given.
  // May be empty.
  std::string target;

  // "/shop.v1.Cart/Checkout". A breaker that the methods of a service share is
  // named after the service, "shop.v1.Cart"; one that all methods share has an
  // empty method.
  std::string method;

  // Which of the method's breakers it is (see InterceptorOptions::key). Empty
  // for calls without a key.
  std::string key;

  friend bool operator<(const BreakerName& a, const BreakerName& b) {
    return std::tie(a.target, a.method, a.key) <
           std::tie(b.target, b.method, b.key);
  }
  friend bool operator==(const BreakerName& a, const BreakerName& b) {
    return std::tie(a.target, a.method, a.key) ==
           std::tie(b.target, b.method, b.key);
  }
};

// Returns the name as people read it: "/shop.v1.Cart/Checkout [tenant] on
// shop:443", or "every method on shop:443" for a breaker that all methods
// share. It is one line without control characters, and long parts are cut.
std::string BreakerText(const BreakerName& name);

}  // namespace fusebox

#endif  // FUSEBOX_REGISTRY_BREAKER_NAME_H_
