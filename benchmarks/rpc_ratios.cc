// What a breaker adds to an RPC. Times are the CPU time of the whole process,
// because several threads work on an RPC.

#include <time.h>

#include <limits>
#include <memory>

#include "benchmarks/comparison.h"
#include "benchmarks/ping_channel.h"
#include "benchmarks/ratios.h"
#include "fusebox/core/types.h"
#include "fusebox/log/event_log.h"
#include "fusebox/log/logger.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/registry.h"
#include "fusebox/registry/subscription.h"

namespace fusebox {

void PrintRpcRatios(Table& table) {
  Turn turn;
  turn.calls = 50;
  turn.clock = CLOCK_PROCESS_CPUTIME_ID;
  turn.clean = std::numeric_limits<double>::infinity();  // all turns count

  PingServer server;
  const auto pings = [](benchmarks::Ping::Stub& stub) {
    return Repeat([&stub] { (void)PingOnce(stub); });
  };
  const auto registry = Registry::Create();
  const auto open_registry = Registry::Create();
  const auto open = open_registry->FindBreaker("", kPing);
  open->SetOperatorMode(Mode::kForcedOpen);
  const auto observed_registry = Registry::Create();
  observed_registry->MeterCalls();  // as PrometheusCollectable does
  const EventLog log(observed_registry);
  const Logger logger(observed_registry, [](const LogLine&) {});
  const Subscription listener =
      observed_registry->Subscribe([](const Event&) {});
  const auto without = server.WithoutInterceptors();
  const auto no_op = server.WithNoOpInterceptor();
  const auto fusebox = server.WithFusebox(registry);
  const auto observed = server.WithFusebox(observed_registry);
  const auto rejected = server.WithFusebox(open_registry);

  const Comparison healthy(pings(*fusebox), pings(*no_op), turn);
  table.Print("a healthy unary RPC / with an interceptor that does nothing",
              healthy.ratios, "<=", 1.05, Note(healthy));
  const Comparison bare(pings(*fusebox), pings(*without), turn);
  table.Print("... / without interceptors", bare.ratios, Note(bare));
  const Comparison observation(pings(*observed), pings(*fusebox), turn);
  table.Print("... with every observer / with none", observation.ratios,
              "<=", 1.03, Note(observation));
  const Comparison rejection(pings(*rejected), pings(*without), turn);
  table.Print("a rejected unary RPC / a healthy one without interceptors",
              rejection.ratios, Note(rejection));
}

}  // namespace fusebox
