// fallback_test.h: a fixture with a server, a channel with fallbacks, and a
// clock.

#ifndef FUSEBOX_TESTS_GRPC_FALLBACK_TEST_H_
#define FUSEBOX_TESTS_GRPC_FALLBACK_TEST_H_

#include <grpcpp/client_context.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "fusebox/core/snapshot.h"
#include "fusebox/grpc/fallback.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/grpc/stale_cache.h"
#include "fusebox/testing/scripted_server.h"
#include "tests/grpc/driver.h"
#include "tests/grpc/echo.pb.h"
#include "tests/grpc/flavours.h"
#include "tests/grpc/guarded_channel.h"

namespace fusebox {

using Text = test::Text;
using TextHandler = FallbackHandler<Text, Text>;
using TextCache = StaleCache<Text, Text>;

// Returns a handler that answers "<text>, not <request>".
inline TextHandler Instead(const std::string& text) {
  return [text](const Text& request, const Rejection&, Text* response) {
    response->set_text(text + ", not " + request.text());
    return true;
  };
}
inline bool Decline(const Text&, const Rejection&, Text* response) {
  response->set_text("half done");
  return false;
}

// Returns call credentials that gRPC accepts on an insecure connection.
inline std::shared_ptr<grpc::CallCredentials> SomeCredentials() {
  class Plugin final : public grpc::MetadataCredentialsPlugin {
    grpc::Status GetMetadata(
        grpc::string_ref, grpc::string_ref, const grpc::AuthContext&,
        std::multimap<std::string, std::string>* metadata) override {
      metadata->emplace("authorization", "Bearer secret");
      return grpc::Status::OK;
    }
  };
  return grpc::experimental::MetadataCredentialsFromPlugin(
      std::make_unique<Plugin>(), GRPC_SECURITY_NONE);
}

// What an application saw of one call, and which fallback answered it.
struct Answered {
  Seen seen;
  std::optional<FallbackKind> by;
};

class FallbackFixture {
 public:
  explicit FallbackFixture(Transport transport) : transport_(transport) {
    guarded_.emplace(server_, transport);
  }

  // Answers every later call with `text`.
  void Serve(const std::string& text) {
    server_.Respond(ScriptedReply::Bytes(MakeText(text).SerializeAsString()));
  }

  void Use(const Fallbacks& fallbacks, const Config& config = Config()) {
    guarded_.emplace(server_, transport_, config);
    Reconnect(fallbacks);
  }
  void Reconnect(const Fallbacks& fallbacks) {
    guarded_->options.fallbacks = fallbacks.Build().value();
    guarded_->Reconnect(server_);
  }

  std::shared_ptr<TextCache> NewCache(StaleCacheOptions options = {}) {
    options.clock = &clock_;
    return std::make_shared<TextCache>(std::move(options));
  }

  // Makes the circuit reject calls, without a retry_after.
  void ForceOpen() {
    guarded_->breaker(kSay).SetOperatorMode(Mode::kForcedOpen);
  }
  void EndForce() { guarded_->breaker(kSay).SetOperatorMode(std::nullopt); }

  Answered Call(const Flavour& flavour, grpc::ClientContext* context,
                const Plan& plan = {}) {
    Answered answered;
    answered.seen = flavour.Call(guarded_->channel(), context, plan);
    answered.by = GetFallback(*context);
    return answered;
  }
  Answered Call(const Flavour& flavour) {
    grpc::ClientContext context;
    return Call(flavour, &context);
  }

  TotalsReading totals() { return guarded_->Totals(kSay); }

  const Transport transport_;
  ScriptedServer server_;
  ManualClock clock_;
  std::optional<GuardedChannel> guarded_;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_GRPC_FALLBACK_TEST_H_
