// shop.h: the methods that the processes of the operator's practice call.

#ifndef DEMO_SHOP_H_
#define DEMO_SHOP_H_

#include <chrono>
#include <string_view>

namespace outage {

struct ShopMethod {
  std::string_view name;

  // How often it is called, as a share of a process's rate.
  double share = 1;

  // How long the server takes to answer.
  std::chrono::milliseconds takes{0};

  // Whether a fallback answers rejected calls.
  bool has_fallback = false;
};

inline constexpr ShopMethod kShopMethods[] = {
    {"/shop.v1.Cart/Get"},
    {"/shop.v1.Cart/Add", 0.5},
    {"/shop.v1.Cart/Checkout", 0.05},
    {"/shop.v1.Prices/Get", 1, std::chrono::milliseconds(0), true},
    {"/shop.v1.Search/Find", 0.25, std::chrono::milliseconds(300)},
};

// Returns how long the server takes to answer a call of any method.
inline std::chrono::milliseconds TimeOf(std::string_view method) {
  for (const ShopMethod& known : kShopMethods) {
    if (known.name == method) return known.takes;
  }
  return std::chrono::milliseconds(0);
}

// The config file that the processes follow. Checkout is called too rarely for
// the usual rules. An opening lasts at most 8 s, so that the circuits close
// soon after the server is back.
inline constexpr char kShopConfig[] = R"({
  "defaultPolicy": {
    "preset": "RESPONSIVE",
    "openBackoff": {"multiplier": 2, "maxDuration": "8s", "jitter": 0.2}
  },
  "methodPolicy": [
    {
      "name": [{"service": "shop.v1.Cart", "method": "Checkout"}],
      "policy": {"consecutiveFailures": 2, "openDuration": "2s"}
    }
  ]
}
)";

}  // namespace outage

#endif  // DEMO_SHOP_H_
