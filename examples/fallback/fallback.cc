// fallback: gives rejected calls an answer: the last good response, or one that
// a function makes.

#include "fusebox/grpc/fallback.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <iostream>
#include <memory>
#include <string>

#include "examples/fallback/menu.grpc.pb.h"
#include "fusebox/grpc/channel.h"
#include "fusebox/grpc/stale_cache.h"

using fusebox::example::menu::Dish;
using fusebox::example::menu::Menu;
using fusebox::example::menu::Price;

// A server that fails on demand.
class MenuService final : public Menu::Service {
 public:
  std::atomic<bool> failing{false};
  std::atomic<int> calls{0};

  grpc::Status GetPrice(grpc::ServerContext*, const Dish* dish,
                        Price* price) override {
    ++calls;
    if (failing) return {grpc::StatusCode::UNAVAILABLE, "kitchen on fire"};
    price->set_cents(100 * static_cast<int>(dish->name().size()));
    price->set_note("today");
    return grpc::Status::OK;
  }
};

bool Guess(const Dish& dish, const fusebox::Rejection& why, Price* price) {
  if (dish.name() == "caviar") return false;  // the call is rejected
  price->set_cents(500);
  price->set_note("a guess, as the circuit is " + std::string(Name(why.state)));
  return true;
}

int main() {
  MenuService service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();

  fusebox::Config config;
  config.default_policy.consecutive_failures = 2;
  auto registry = fusebox::Registry::Create(config);
  if (!registry.ok()) {
    std::cerr << registry.status() << "\n";
    return 1;
  }

  const std::string method = "/fusebox.example.menu.Menu/GetPrice";
  auto last_seen = std::make_shared<fusebox::StaleCache<Dish, Price>>();
  auto fallbacks = fusebox::Fallbacks()
                       .On(method, last_seen)
                       .On<Dish, Price>(method, Guess)
                       .Build();
  if (!fallbacks.ok()) {
    std::cerr << fallbacks.status().message() << "\n";
    return 1;
  }
  fusebox::InterceptorOptions options;
  options.fallbacks = *fallbacks;
  auto channel = fusebox::CreateChannel("127.0.0.1:" + std::to_string(port),
                                        grpc::InsecureChannelCredentials(),
                                        *registry, options);
  auto stub = Menu::NewStub(channel);

  const auto ask = [&](const std::string& name) {
    grpc::ClientContext context;
    Dish dish;
    Price price;
    dish.set_name(name);
    const grpc::Status status = stub->GetPrice(&context, dish, &price);
    std::cout << name << ": ";
    if (!status.ok()) {
      std::cout << status.error_message() << "\n";
      return;
    }
    std::cout << price.cents() << " cents, " << price.note();
    if (const auto by = fusebox::GetFallback(context)) {
      std::cout << " (" << *by << ")";
    }
    std::cout << "\n";
  };

  ask("soup");
  service.failing = true;  // two failures open the circuit
  for (const char* name : {"soup", "soup", "soup", "cake", "caviar"}) ask(name);
  std::cout << "The server saw " << service.calls << " of 6 calls.\n";
}
