// streaming: streams behind breakers; a server and a clock that do as told.

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <string>

#include "examples/streaming/prices.grpc.pb.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/grpc/channel.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/testing/manual_clock.h"
#include "fusebox/testing/scripted_server.h"

using fusebox::ScriptedReply;
using fusebox::example::Price;
using fusebox::example::Prices;
using fusebox::example::Symbol;

// Reads to the end of a stream and tells what came.
template <typename Stream>
void Follow(Stream& stream) {
  Price price;
  std::cout << "   ";
  while (stream->Read(&price)) std::cout << " " << price.cents();
  const grpc::Status status = stream->Finish();
  std::cout << (status.ok()                    ? " ended well"
                : fusebox::IsRejection(status) ? " rejected at once: "
                                               : " broke: ")
            << status.error_message() << "\n";
}

int main() {
  fusebox::ScriptedServer server;
  fusebox::ManualClock clock;

  fusebox::Config config;
  config.default_policy.consecutive_failures = 2;
  fusebox::Registry::Options options;
  options.clock = &clock;
  auto registry = fusebox::Registry::Create(config, options).value();
  auto channel = fusebox::CreateChannel(server.address(),
                                        grpc::InsecureChannelCredentials(),
                                        grpc::ChannelArguments(), registry);
  auto stub = Prices::NewStub(channel);

  const auto watch = [&] {
    grpc::ClientContext context;
    auto stream = stub->Watch(&context, Symbol());
    Follow(stream);
  };
  const auto tell = [&] {
    for (const fusebox::MethodSnapshot& snapshot : registry->TakeSnapshot()) {
      const fusebox::TotalsReading& totals = snapshot.breaker.totals;
      std::cout << "    => " << snapshot.name.method << " is "
                << Name(snapshot.breaker.state) << ": " << totals.successes
                << " successes, " << totals.failures << " failures, "
                << totals.broken_streams << " broken streams\n";
    }
  };
  const grpc::Status lost(grpc::StatusCode::UNAVAILABLE, "feed lost");
  const auto prices = [](int first, int second) {
    Price a, b;
    a.set_cents(first);
    b.set_cents(second);
    return ScriptedReply::Messages(
        {a.SerializeAsString(), b.SerializeAsString()});
  };

  std::cout << "A stream's first message is a success. Later it may break:\n";
  server.Enqueue(prices(100, 101).WithStatus(lost));
  watch();
  tell();

  std::cout << "With no message the status decides. Two failures in a row:\n";
  server.Enqueue(ScriptedReply::NoMessage().WithStatus(lost));
  watch();
  server.Enqueue(ScriptedReply::NoMessage().WithStatus(lost));
  watch();
  watch();
  tell();

  std::cout << "A minute later a stream is the probe. It says nothing:\n";
  clock.Advance(std::chrono::seconds(60));
  server.Enqueue(prices(102, 103).HangAfter(0));
  grpc::ClientContext silent_context;
  auto silent = stub->Watch(&silent_context, Symbol());
  server.WaitForHung(1);
  watch();
  tell();

  std::cout << "After half a minute its place is free for another probe:\n";
  clock.Advance(std::chrono::seconds(30));
  server.Enqueue(prices(104, 105));
  watch();
  tell();

  std::cout << "The silent one was never cut:\n";
  server.ReleaseHung();
  Follow(silent);

  std::cout << "A bidirectional stream has a breaker of its own:\n";
  server.Enqueue(prices(106, 107));
  grpc::ClientContext context;
  auto track = stub->Track(&context);
  track->Write(Symbol());
  Follow(track);
  tell();
}
