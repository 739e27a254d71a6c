// breaker_name.h: what a registry's breaker is known by.

#ifndef FUSEBOX_REGISTRY_BREAKER_NAME_H_
#define FUSEBOX_REGISTRY_BREAKER_NAME_H_

#include <string>
#include <tuple>

namespace fusebox {

struct BreakerName {
  std::string target;  // the channel's, or what its factory was named
  std::string method;  // or what shares the breaker: a service, or nothing
  std::string key{};   // see Registry::Find()

  friend bool operator<(const BreakerName& a, const BreakerName& b) {
    return std::tie(a.target, a.method, a.key) <
           std::tie(b.target, b.method, b.key);
  }
  friend bool operator==(const BreakerName& a, const BreakerName& b) {
    return std::tie(a.target, a.method, a.key) ==
           std::tie(b.target, b.method, b.key);
  }
};

}  // namespace fusebox

#endif  // FUSEBOX_REGISTRY_BREAKER_NAME_H_
