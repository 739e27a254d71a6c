// guarded_channel.h: a channel whose RPCs are behind circuit breakers, and
// functions to inspect them.
//
//   EchoServer server;
//   GuardedChannel guarded(server, Transport::kTcp);
//   guarded.Open(kChat);
//   ... a call through guarded.channel() is rejected ...

#ifndef FUSEBOX_TESTS_GRPC_GUARDED_CHANNEL_H_
#define FUSEBOX_TESTS_GRPC_GUARDED_CHANNEL_H_

#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/client_interceptor.h>
#include <gtest/gtest.h>

#include <chrono>
#include <iterator>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/core/breaker.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/grpc/interceptor_factory.h"
#include "fusebox/registry/registry.h"
#include "fusebox/testing/manual_clock.h"
#include "tests/grpc/grpc_library.h"  // IWYU pragma: keep

namespace fusebox {

enum class Transport { kInProcess, kTcp };

inline const char* Name(Transport transport) {
  return transport == Transport::kTcp ? "OverTcp" : "InProcess";
}
inline std::ostream& operator<<(std::ostream& os, Transport transport) {
  return os << Name(transport);
}

using InterceptorFactories = std::vector<
    std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>;

// Returns a channel to `server` (a ScriptedServer or an EchoServer) with these
// interceptors and its own connection.
template <typename Server>
std::shared_ptr<grpc::Channel> Connect(Server& server, Transport transport,
                                       InterceptorFactories factories = {},
                                       grpc::ChannelArguments arguments = {}) {
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  if (transport == Transport::kInProcess) {
    return server.InProcessChannel(std::move(factories), arguments);
  }
  return grpc::experimental::CreateCustomChannelWithInterceptors(
      server.address(), grpc::InsecureChannelCredentials(), arguments,
      std::move(factories));
}

class GuardedChannel {
 public:
  template <typename Server>
  GuardedChannel(Server& server, Transport transport,
                 const Config& config = Config(),
                 InterceptorFactories before = {},
                 InterceptorFactories after = {})
      : transport_(transport),
        target_(transport == Transport::kTcp ? server.address()
                                             : "in-process") {
    Registry::Options with;
    with.clock = &clock_;
    registry_ = Registry::Create(config, with).value();
    open_target_ = registry_->Open(target_);
    Reconnect(server, std::move(before), std::move(after));
  }

  // Replaces the channel. The new one uses the same breakers.
  template <typename Server>
  void Reconnect(Server& server, InterceptorFactories before = {},
                 InterceptorFactories after = {}) {
    InterceptorFactories all = std::move(before);
    InterceptorOptions with = options;
    with.target = target_;
    all.push_back(std::make_unique<CircuitBreakerInterceptorFactory>(
        registry_, std::move(with)));
    std::move(after.begin(), after.end(), std::back_inserter(all));
    channel_ = Connect(server, transport_, std::move(all), arguments);
  }

  // The next Reconnect() makes the channel and its factory with these.
  grpc::ChannelArguments arguments;
  InterceptorOptions options;

  const std::shared_ptr<Registry>& registry() const { return registry_; }

  ManualClock& clock() { return clock_; }
  const std::string& target() const { return target_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

  // RPCs may outlive the channel and the registry, because they keep what they
  // need. After the registry is closed, no other function may be called.
  void CloseChannel() { channel_ = nullptr; }
  void CloseRegistry() {
    open_target_ = internal::OpenTarget();
    registry_ = nullptr;
  }

  Breaker& breaker(const char* method) {
    return *registry_->FindBreaker(target_, method);
  }
  Snapshot Now(const char* method) { return breaker(method).TakeSnapshot(); }
  TotalsReading Totals(const char* method) { return Now(method).totals; }

  // Opens the circuit without a call on the channel.
  void Open(const char* method) {
    while (Now(method).state == State::kClosed) {
      Admission admission = breaker(method).Acquire();
      admission.permit.Settle({Outcome::kFailure, std::chrono::seconds(1)});
    }
  }

  // Opens the circuit and lets the time of OPEN pass. The next call is the
  // probe.
  void OpenAndWait(const char* method) {
    Open(method);
    clock_.Advance(std::chrono::seconds(60));
  }

  // Expects that every admitted call has ended and has returned its permit.
  void ExpectNothingHeld(const char* method) {
    const Snapshot now = Now(method);
    EXPECT_EQ(now.totals.admitted, now.totals.ended);
    EXPECT_EQ(now.totals.admitted,
              now.totals.successes + now.totals.failures + now.totals.ignored);
    EXPECT_EQ(now.probes_in_flight, 0u);
  }

 private:
  ManualClock clock_;
  const Transport transport_;
  const std::string target_;
  std::shared_ptr<Registry> registry_;
  internal::OpenTarget
      open_target_;  // keeps the breakers when the channel is closed
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_GRPC_GUARDED_CHANNEL_H_
