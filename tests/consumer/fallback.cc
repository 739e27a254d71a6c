#include <memory>
#include <string>

#include "examples/fallback/menu.pb.h"
#include "fusebox/fusebox.h"  // link fusebox::fusebox

using fusebox::example::menu::Dish;
using fusebox::example::menu::Price;

bool Guess(const Dish& dish, const fusebox::Rejection& why, Price* price) {
  if (dish.name() == "caviar") return false;  // the call is rejected
  price->set_cents(500);
  price->set_note("a guess, as the circuit is " + std::string(Name(why.state)));
  return true;
}

int main() {
  const std::string method = "/fusebox.example.menu.Menu/GetPrice";
  auto last_seen = std::make_shared<fusebox::StaleCache<Dish, Price>>();
  auto fallbacks = fusebox::Fallbacks()
                       .On(method, last_seen)
                       .On<Dish, Price>(method, Guess)
                       .Build();
  return fallbacks.ok() ? 0 : 1;
}
