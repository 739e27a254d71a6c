// outage: shows how a gRPC client with breakers and one without live through
// the death and the return of their server.
//
// This file is the command line. Start with story.cc. The server is a second
// process of the same binary (server_process.h).

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "demo/echo_server.h"
#include "demo/practice.h"
#include "demo/shop_client.h"
#include "demo/story.h"
#include "fusebox/base/text.h"

namespace outage {
namespace {

constexpr char kUsage[] =
    R"(usage: outage                run the story
       outage --record FILE  also write the calls of the client without a
                             breaker to FILE, for `fusebox replay`
       outage --rate N       make N calls per second, e.g. 200 or 0.2
                             (default: 50)
       outage --outage N     kill the server for N seconds (default: 6), and
                             do not stop it afterwards
       outage --metrics N    serve the breaker's metrics on port N (0 means a
                             free port) until interrupted; the story begins
                             with the first scrape
       outage --admin ADDR   serve the breaker's admin service at ADDR, e.g.
                             127.0.0.1:7400 or unix:/tmp/outage/s, for `fusebox
                             watch`, until interrupted
       outage --operator     play outages for an operator who tries the
                             commands of fusebox, until interrupted; with
                             --rate N (default: 20), --outage N (default: 120),
                             --pause N seconds before each outage (default: 30)
                             and --once, which plays one outage
       outage --help         print this help
       outage --serve N      run as the server, on port N (0 means a free port)
       outage --client NAME FOLDER PORT RATE
                             run as a process of --operator

Without --operator, it starts a gRPC server on 127.0.0.1, and kills and stops it while two clients
call it at the same rate, one with a circuit breaker and one without. This takes
about 30 seconds. It prints what happens, and then what it cost. Prints plain text
if NO_COLOR is set, or if TERM is dumb or not set. Options may be combined.

The exit code is 0 if the circuits opened and closed as they must, 1 if not, 2
for a wrong option, and 130 if interrupted. Without --once, --operator ends with
0 when it is interrupted.
)";

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set in a handler");

int Run(const Plot& plot) {
  const auto interrupt = [](int) { interrupted = true; };
  std::signal(SIGINT, interrupt);
  std::signal(SIGTERM, interrupt);
  // The terminal was closed. `nohup` ignores that.
  if (std::signal(SIGHUP, interrupt) == SIG_IGN) std::signal(SIGHUP, SIG_IGN);
  return plot.practice ? Practise(plot, interrupted)
                       : TellStory(plot, interrupted);
}

// Returns the number that `text` consists of, if it is in [least, most].
template <typename Number>
std::optional<Number> Parse(std::string_view text, Number least, Number most) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest != end) return std::nullopt;
  if (!(number >= least && number <= most)) return std::nullopt;
  return number;
}

// Adds one option to the plot. Returns false if it is not an option.
bool Take(std::string_view option, std::string_view value, Plot* plot) {
  const bool is_story = !plot->practice;
  if (is_story && option == "--record") {
    plot->record_to = std::string(value);
    return true;
  }
  if (is_story && option == "--admin") {
    plot->admin = std::string(value);
    return !plot->admin.empty();
  }
  if (is_story && option == "--metrics") {
    plot->metrics_port = Parse(value, 0, 65535);
    return plot->metrics_port.has_value();
  }
  const std::optional<double> number = Parse(value, 0.01, 1000.0);
  if (!number) return false;
  if (option == "--rate") {
    plot->rate = *number;
    return true;
  }
  if (option == "--outage") {
    plot->outage = std::chrono::duration<double>(*number);
    plot->stop_too = false;
    return true;
  }
  if (plot->practice && option == "--pause") {
    plot->pause = std::chrono::duration<double>(*number);
    return true;
  }
  return false;
}

// Runs as a process of the practice. Returns nothing if the words are not what
// fleet.cc passes.
std::optional<int> RunClient(const std::vector<std::string_view>& words) {
  if (words.size() != 5 || words[0] != "--client") return std::nullopt;
  const std::optional<int> port = Parse(words[3], 1, 65535);
  const std::optional<double> rate = Parse(words[4], 0.01, 1000.0);
  if (!port || !rate) return std::nullopt;
  return RunShopClient(
      {std::string(words[1]), std::string(words[2]), *port, *rate});
}

int Main(const std::vector<std::string_view>& arguments) {
  const auto has = [&](std::string_view word) {
    return std::find(arguments.begin(), arguments.end(), word) !=
           arguments.end();
  };
  if (has("--help") || has("-h")) {
    std::cout << kUsage;
    return kSuccess;
  }
  if (arguments.size() == 2 && arguments[0] == "--serve") {
    if (const auto port = Parse(arguments[1], 0, 65535)) return Serve(*port);
  }
  if (const auto code = RunClient(arguments)) return *code;
  Plot plot;
  if (has("--operator")) {
    plot.practice = true;
    plot.rate = 20;
    plot.outage = std::chrono::seconds(120);
  }
  for (size_t i = 0; i < arguments.size();) {
    const bool is_once = plot.practice && arguments[i] == "--once";
    if (is_once || arguments[i] == "--operator") {
      plot.once |= is_once;
      ++i;
      continue;
    }
    const bool has_value = i + 1 < arguments.size();
    if (!has_value || !Take(arguments[i], arguments[i + 1], &plot)) {
      std::cerr << "outage: unknown or incomplete option "
                << fusebox::Quoted(arguments[i])
                << (has_value ? " " + fusebox::Quoted(arguments[i + 1]) : "")
                << "; see --help\n";
      return kUsageError;
    }
    i += 2;
  }
  return Run(plot);
}

}  // namespace
}  // namespace outage

int main(int argc, char** argv) {
  return outage::Main({argv + 1, argv + argc});
}
