#include "demo/shop_client.h"

#include <grpcpp/security/credentials.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "demo/ledger.h"
#include "demo/shop.h"
#include "demo/steady_client.h"
#include "examples/quickstart/greeter.pb.h"
#include "fusebox/admin/options.h"
#include "fusebox/admin/server.h"
#include "fusebox/config/config_parser.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/types.h"
#include "fusebox/grpc/channel.h"
#include "fusebox/grpc/fallback.h"
#include "fusebox/grpc/interceptor_factory.h"
#include "fusebox/log/logger.h"
#include "fusebox/registry/config_file.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/registry.h"

namespace outage {
namespace {

using fusebox::example::GreetReply;
using fusebox::example::GreetRequest;

int Fail(const ShopClient& client, const std::string& why) {
  std::cerr << "outage: " << client.name << ": " << why << "\n";
  return 1;
}

fusebox::InterceptorOptions WithFallbacks() {
  fusebox::Fallbacks fallbacks;
  for (const ShopMethod& method : kShopMethods) {
    if (!method.has_fallback) continue;
    fallbacks.On<GreetRequest, GreetReply>(
        std::string(method.name),
        [](const GreetRequest&, const fusebox::Rejection&, GreetReply* reply) {
          reply->set_greeting("an old price");
          return true;
        });
  }
  fusebox::InterceptorOptions options;
  options.fallbacks = fallbacks.Build().value();
  return options;
}

void Report(const fusebox::Event& event) {
  const auto& outage = event.transition.outage;
  if (event.type != fusebox::EventType::kTransition || !outage) return;
  std::cout << fusebox::Name(event.transition.to) << ' ' << outage->openings
            << ' ' << outage->rejected << ' '
            << std::chrono::duration<double>(event.transition.at -
                                             outage->since)
                   .count()
            << ' ' << event.breaker->method << std::endl;
}

}  // namespace

int RunShopClient(const ShopClient& client) {
  const std::string path = client.folder + "/" + client.name;
  const std::string config = client.folder + "/breakers.json";
  const auto created =
      fusebox::Registry::Create(fusebox::LoadConfigFile(config));
  if (!created.ok()) {
    return Fail(client, std::string(created.status().message()));
  }
  const std::shared_ptr<fusebox::Registry>& registry = *created;

  fusebox::AdminOptions options;
  options.process_name = client.name + "-1";
  options.read_only = false;
  const auto admin =
      fusebox::AdminServer::Create(registry, "unix:" + path + ".sock", options);
  if (!admin.ok()) return Fail(client, std::string(admin.status().message()));

  const auto file = fusebox::ConfigFile::Watch(config, registry, {});
  if (!file.ok()) return Fail(client, std::string(file.status().message()));

  const auto channel = fusebox::CreateChannel(
      "127.0.0.1:" + std::to_string(client.port),
      grpc::InsecureChannelCredentials(), registry, WithFallbacks());
  std::vector<std::unique_ptr<SteadyClient>> callers;
  for (const ShopMethod& method : kShopMethods) {
    callers.push_back(std::make_unique<SteadyClient>(
        channel, client.rate * method.share, std::string(method.name),
        Ledger::Keep::kNothing));
  }
  if (!callers.front()->Connect(std::chrono::seconds(30))) {
    return Fail(client, "no connection to the server");
  }

  // From here on, standard error is the log.
  if (std::freopen((path + ".log").c_str(), "a", stderr) == nullptr) return 1;
  std::setvbuf(stderr, nullptr, _IOLBF, BUFSIZ);  // a file is buffered at first
  const fusebox::Logger logger(registry);
  const fusebox::Subscription subscription =
      registry->Subscribe(Report, fusebox::EventFilter::kWithoutCalls);
  std::cout << "ready" << std::endl;
  for (const auto& caller : callers) caller->Start();
  while (true) pause();
}

}  // namespace outage
