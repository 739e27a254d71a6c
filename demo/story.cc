#include "demo/story.h"

#include <grpc/grpc.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "demo/ledger.h"
#include "demo/metrics_server.h"
#include "demo/report.h"
#include "demo/screen.h"
#include "demo/server_process.h"
#include "demo/steady_client.h"
#include "demo/timeline.h"
#include "demo/transition_log.h"
#include "fusebox/admin/options.h"
#include "fusebox/admin/server.h"
#include "fusebox/base/text.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"
#include "fusebox/grpc/channel.h"
#include "fusebox/grpc/interceptor_factory.h"
#include "fusebox/policy/config.h"
#include "fusebox/registry/registry.h"

namespace outage {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// How long to wait for something that must happen, which is far longer than it
// takes. gRPC's backoff grows to two minutes.
constexpr seconds kPatience{30};
constexpr seconds kPatienceWithGrpc{150};

// The outage ends in the middle of an opening, so that no probe happens to be
// in flight, which would make the breaker look too good.
constexpr milliseconds kStoppedFor{5500};

// Waits before the next look at another thread or process.
void Pause() { std::this_thread::sleep_for(milliseconds(50)); }

// With fewer calls, five failures would not happen while the server is down.
int FailuresToOpen(const Plot& plot) { return plot.rate < 5 ? 1 : 5; }

fusebox::Config BreakerConfig(const Plot& plot) {
  fusebox::Config config;
  config.default_policy.consecutive_failures =
      static_cast<uint32_t>(FailuresToOpen(plot));
  config.default_policy.open_duration = seconds(1);
  config.default_policy.half_open.successes_to_close = 2;
  return config;
}

void PrintIntroduction(const Screen& screen, const Plot& plot,
                       const ServerProcess& server) {
  screen.Line(screen.Paint(Ink::kBold, "Fusebox: riding out an outage"));
  screen.Line(
      "server   pid " + std::to_string(server.pid()) +
      ", a separate process, at 127.0.0.1:" + std::to_string(server.port()));
  screen.Line("clients  two, each " + Fixed(plot.rate, plot.rate < 1 ? 2 : 0) +
              " calls/s with a deadline of " +
              std::to_string(kDeadline.count()) + " ms on its own channel");
  screen.Line("breaker  opens for 1 s after " +
              std::to_string(FailuresToOpen(plot)) +
              (plot.rate < 5 ? " failure" : " consecutive failures") +
              ", closes after 2 successful probes,");
  screen.Line(
      "         and nudges its channel to reconnect (a third client's does "
      "not)");
  screen.Line(
      "rows     calls that ended within half a second, those that wait, "
      "latency in ms:");
  screen.Line("         " + screen.Paint(Ink::kGreen, screen.OkCell()) +
              " ok   " + screen.Paint(Ink::kRed, screen.FailedCell()) +
              " failed   " + screen.Paint(Ink::kBlue, screen.RejectedCell()) +
              " rejected by the breaker   " +
              screen.Paint(Ink::kDim, screen.WaitingCell()) + " still waiting");
}

// The two clients, and what the screen shows about them.
struct Stage {
  ServerProcess& server;
  SteadyClient& guarded;
  SteadyClient& plain;
  SteadyClient& unnudged;
  Timeline& timeline;
  const std::atomic<bool>& interrupted;

  // Runs an outage of `length`, and waits until both clients have recovered.
  template <typename TakeDown, typename BringBack>
  Outage Suffer(const std::string& name, Duration length, TakeDown take_down,
                BringBack bring_back) {
    Outage it;
    it.name = name;
    it.gone = Now();
    it.went = take_down();
    timeline.Watch(length, length + kPatience, [&] {
      return Opened(timeline.transitions(), it.gone).has_value();
    });
    if (interrupted) return it;
    it.came = bring_back(&it.back);
    if (!it.came) return it;
    const auto closed = [&] {
      return timeline.state() == fusebox::State::kClosed;
    };
    timeline.Watch(seconds(4), kPatienceWithGrpc, [&] {
      const auto answered = [&](const SteadyClient& client) {
        return FirstAnswer(client.ledger().Read(), it.back).has_value();
      };
      return closed() && answered(guarded) && answered(plain) &&
             answered(unnudged);
    });
    timeline.Watch(seconds(1), kPatience, closed);
    return it;
  }

  Outage SufferKill(Duration length) {
    return Suffer(
        "killed", length,
        [this] {
          const TimePoint at = Now();
          const bool dead = server.Kill();
          timeline.Tell(at, Ink::kRed, "server killed (SIGKILL)");
          return dead;
        },
        [this](TimePoint* back) {
          const bool serves = server.Start();
          *back = Now();
          if (serves) {
            timeline.Tell(*back, Ink::kGreen,
                          "server is back: a new process, pid " +
                              std::to_string(server.pid()) + ", the same port");
          }
          return serves;
        });
  }

  Outage SufferStop() {
    return Suffer(
        "stopped", kStoppedFor,
        [this] {
          const TimePoint at = Now();
          const bool stopped = server.Stop();
          timeline.Tell(at, Ink::kRed,
                        "server stopped (SIGSTOP): it keeps its connections "
                        "but does not answer");
          return stopped;
        },
        [this](TimePoint* back) {
          *back = Now();
          const bool runs = server.Continue();
          timeline.Tell(*back, Ink::kGreen, "server continues (SIGCONT)");
          return runs;
        });
  }
};

}  // namespace

int TellStory(const Plot& plot, const std::atomic<bool>& interrupted) {
  const Screen screen;
  ServerProcess server;
  if (!server.Start()) {
    std::cerr << "outage: the server did not start\n";
    return kStoryFailed;
  }
  const std::string target = "127.0.0.1:" + std::to_string(server.port());
  const auto credentials = grpc::InsecureChannelCredentials();
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // share nothing

  TransitionLog log;
  auto registry = fusebox::Registry::Create(BreakerConfig(plot)).value();
  const fusebox::Subscription subscription = registry->Subscribe(
      [&](const fusebox::Event& event) {
        if (event.breaker != nullptr) log.Add(event.transition);
      },
      fusebox::EventFilter::kWithoutCalls);
  std::unique_ptr<MetricsServer> metrics;
  if (plot.metrics_port) {
    std::string error;
    metrics = MetricsServer::Start(registry, *plot.metrics_port, &error);
    if (metrics == nullptr) {
      std::cerr << "outage: " << error << "\n";
      return kStoryFailed;
    }
  }
  std::unique_ptr<fusebox::AdminServer> admin;
  if (!plot.admin.empty()) {
    fusebox::AdminOptions options;
    options.process_name = "outage";
    options.read_only = false;
    auto created = fusebox::AdminServer::Create(registry, plot.admin, options);
    if (!created.ok()) {
      std::cerr << "outage: " << created.status().message() << "\n";
      return kStoryFailed;
    }
    admin = *std::move(created);
  }
  SteadyClient guarded(
      fusebox::CreateCustomChannel(target, credentials, arguments, registry),
      plot.rate);
  SteadyClient plain(grpc::CreateCustomChannel(target, credentials, arguments),
                     plot.rate);
  fusebox::InterceptorOptions no_nudges;
  no_nudges.reconnect_nudges = false;
  SteadyClient unnudged(
      fusebox::CreateCustomChannel(
          target, credentials, arguments,
          fusebox::Registry::Create(BreakerConfig(plot)).value(), no_nudges),
      plot.rate);
  if (!guarded.Connect(kPatience) || !plain.Connect(kPatience) ||
      !unnudged.Connect(kPatience)) {
    std::cerr << "outage: no connection to " << target << "\n";
    return kStoryFailed;
  }

  PrintIntroduction(screen, plot, server);
  if (admin != nullptr) {
    screen.Line("admin    fusebox watch --admin " +
                fusebox::OneLine(admin->address()));
  }
  if (metrics != nullptr) {
    screen.Line("metrics  http://127.0.0.1:" + std::to_string(metrics->port()) +
                "/metrics: the story begins with the first scrape");
    while (metrics->scrapes() == 0 && !interrupted) Pause();
  }
  Timeline timeline(screen, guarded.ledger(), plain.ledger(), log, interrupted);
  guarded.Start();
  plain.Start();
  unnudged.Start();
  Stage stage{server, guarded, plain, unnudged, timeline, interrupted};
  Evidence evidence;
  timeline.PrintHeader();
  timeline.Watch(seconds(3));
  if (!interrupted) {
    evidence.outages.push_back(
        stage.SufferKill(std::chrono::round<Duration>(plot.outage)));
  }
  if (!interrupted && plot.stop_too && evidence.outages.back().came) {
    timeline.PrintHeader();
    evidence.outages.push_back(stage.SufferStop());
  }
  guarded.Stop();
  plain.Stop();
  unnudged.Stop();
  if (interrupted) {
    screen.Line("interrupted");
    return kInterrupted;
  }

  evidence.transitions = timeline.transitions();
  evidence.guarded = guarded.ledger().Read();
  evidence.plain = plain.ledger().Read();
  evidence.unnudged = unnudged.ledger().Read();
  if (!plot.record_to.empty() && !WriteCsv(evidence.plain, plot.record_to)) {
    std::cerr << "outage: cannot write " << fusebox::OneLine(plot.record_to)
              << ": " << std::strerror(errno) << "\n";
    return kStoryFailed;
  }
  PrintReport(screen, evidence);
  const std::vector<std::string> missing = FindMissing(evidence);
  for (const std::string& what : missing) {
    screen.Line(screen.Paint(Ink::kRed, "MISSING  " + what));
  }
  if (metrics != nullptr || admin != nullptr) {
    screen.Line(std::string(metrics != nullptr ? "Metrics are"
                                               : "The admin service is") +
                " served until this is interrupted (Ctrl-C).");
    while (!interrupted) Pause();
  }
  return missing.empty() ? kSuccess : kStoryFailed;
}

}  // namespace outage
