// shop_client.h: one process of a shop, which calls the methods of shop.h.

#ifndef DEMO_SHOP_CLIENT_H_
#define DEMO_SHOP_CLIENT_H_

#include <string>

namespace outage {

struct ShopClient {
  std::string name;    // such as "cart"; the process is "cart-1"
  std::string folder;  // for NAME.sock and NAME.log; contains breakers.json
  int port = 0;        // of the server
  double rate = 0;     // calls per second of a method whose share is 1
};

// Calls until the process is killed. Serves the admin service at NAME.sock,
// follows breakers.json, and logs to NAME.log. Prints "ready", and then one
// line for each transition, which fleet.h reads:
//
//   STATE OPENINGS REJECTED SECONDS METHOD
//
// The numbers are those of the outage so far. Returns only if it cannot start,
// with the exit code.
int RunShopClient(const ShopClient& client);

}  // namespace outage

#endif  // DEMO_SHOP_CLIENT_H_
