// rpc_benchmark.cc: measures what surrounds the core, in absolute numbers:
// finding a method's breaker, and whole unary RPCs to a server in this process.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>

#include "benchmarks/ping_channel.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/registry.h"

namespace fusebox {
namespace {

// Finds a breaker among as many methods as the argument says.
void BM_FindBreaker(benchmark::State& state) {
  Registry::Options options;
  options.max_unnamed_methods = static_cast<size_t>(state.range(0));
  const auto registry = Registry::Create(Config(), options).value();
  const auto target = registry->Open("dns:///shop:443");
  const auto method = [](int64_t i) {
    return "/shop.v1.Cart/Method" + std::to_string(i);
  };
  for (int64_t i = 0; i < state.range(0); ++i) {
    target.Find(method(i));
  }
  const std::string wanted = method(state.range(0) / 2);
  for (auto _ : state) {
    benchmark::DoNotOptimize(target.Find(wanted).get());
  }
}
BENCHMARK(BM_FindBreaker)->Arg(1)->Arg(100)->Arg(10'000);

PingServer& Server() {
  static PingServer server;
  return server;
}

void Ping(benchmark::State& state, const PingServer::Stub& stub) {
  for (auto _ : state) benchmark::DoNotOptimize(PingOnce(*stub));
}

void BM_RpcWithoutInterceptors(benchmark::State& state) {
  Ping(state, Server().WithoutInterceptors());
}
BENCHMARK(BM_RpcWithoutInterceptors)->UseRealTime();

void BM_RpcWithNoOpInterceptor(benchmark::State& state) {
  Ping(state, Server().WithNoOpInterceptor());
}
BENCHMARK(BM_RpcWithNoOpInterceptor)->UseRealTime();

void BM_RpcWithFusebox(benchmark::State& state) {
  Ping(state, Server().WithFusebox(Registry::Create()));
}
BENCHMARK(BM_RpcWithFusebox)->UseRealTime();

void BM_RpcRejected(benchmark::State& state) {
  const auto registry = Registry::Create();
  const auto breaker = registry->FindBreaker("", kPing);
  breaker->SetOperatorMode(Mode::kForcedOpen);
  Ping(state, Server().WithFusebox(registry));
}
BENCHMARK(BM_RpcRejected)->UseRealTime();

}  // namespace
}  // namespace fusebox
