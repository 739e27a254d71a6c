// flavour_fixture.h: a fixture for tests that run with many flavours,
// in-process and over TCP.
//
//   class KeyTest : public FlavourFixture { ... };
//   INSTANTIATE_TEST_SUITE_P(Each, KeyTest, OnBothTransports(Flavours()),
//                            RowName());

#ifndef FUSEBOX_TESTS_GRPC_FLAVOUR_FIXTURE_H_
#define FUSEBOX_TESTS_GRPC_FLAVOUR_FIXTURE_H_

#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "fusebox/core/breaker.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/policy/config.h"
#include "tests/grpc/echo_server.h"
#include "tests/grpc/flavours.h"
#include "tests/grpc/guarded_channel.h"

namespace fusebox {

inline auto BothTransports() {
  return testing::Values(Transport::kInProcess, Transport::kTcp);
}

inline auto OnBothTransports(const std::vector<Flavour>& flavours) {
  return testing::Combine(testing::ValuesIn(flavours), BothTransports());
}

// Names a test after its flavour and, if it has one, its transport.
struct RowName {
  std::string operator()(const testing::TestParamInfo<Flavour>& row) const {
    return row.param.name;
  }
  template <typename Case>
  std::string operator()(
      const testing::TestParamInfo<std::tuple<Case, Transport>>& row) const {
    return std::string(std::get<0>(row.param).name) +
           Name(std::get<1>(row.param));
  }
};

class FlavourFixture
    : public testing::TestWithParam<std::tuple<Flavour, Transport>> {
 protected:
  FlavourFixture() { Use(Policy()); }

  // Replaces the channel and its breakers by new ones with this policy.
  void Use(const Policy& policy) {
    Config config;
    config.default_policy = policy;
    guarded_.emplace(server_, transport(), config);
  }

  Seen Call(grpc::ClientContext* context, const Plan& plan = {}) {
    return flavour().Call(guarded_->channel(), context, plan);
  }
  Seen Call() {
    grpc::ClientContext context;
    return Call(&context);
  }

  const Flavour& flavour() const { return std::get<0>(GetParam()); }
  Transport transport() const { return std::get<1>(GetParam()); }
  const char* method() const { return flavour().method(); }

  Breaker& breaker() { return guarded_->breaker(method()); }
  Snapshot Now() { return guarded_->Now(method()); }
  TotalsReading Totals() { return Now().totals; }
  State state() { return Now().state; }
  void ExpectNothingHeld() { guarded_->ExpectNothingHeld(method()); }

  EchoServer server_;
  std::optional<GuardedChannel> guarded_;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_GRPC_FLAVOUR_FIXTURE_H_
