// outage: a gRPC client rides out the death and the return of its server, next
// to a client without a breaker that lives through the same.
//
// This file is the command line. Start with story.cc; the server is the same
// binary run again as a process of its own (server_process.h).

#include <atomic>
#include <charconv>
#include <csignal>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "examples/outage/greeter_server.h"
#include "examples/outage/story.h"

namespace outage {
namespace {

constexpr char kUsage[] =
    R"(usage: outage                tell the story
       outage --record FILE  and write the calls of the client without a
                             breaker to FILE, for `fusebox replay`
       outage --help         print this
       outage --serve N      be its server, on port N (0: a free one)

Kills and stops a gRPC server of its own, on 127.0.0.1, under two clients at
the same rate: one behind a circuit breaker, one not. Takes about 25 s and
prints what happens, then what it cost. NO_COLOR or TERM=dumb: plain text.

Exit code 0 if the circuit opened and closed as it must, 1 if not, 2 for a
wrong option, 130 if interrupted.
)";

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set in a handler");

int Run(const std::string& record_to = "") {
  const auto interrupt = [](int) { interrupted = true; };
  std::signal(SIGINT, interrupt);
  std::signal(SIGTERM, interrupt);
  return TellStory(interrupted, record_to);
}

int Main(const std::vector<std::string_view>& arguments) {
  if (arguments.empty()) return Run();
  std::string_view wrong = arguments[0];
  if (arguments[0] == "--help") {
    if (arguments.size() == 1) {
      std::cout << kUsage;
      return kSuccess;
    }
    wrong = arguments[1];
  }
  if (arguments[0] == "--record" && arguments.size() == 2) {
    return Run(std::string(arguments[1]));
  }
  if (arguments[0] == "--serve" && arguments.size() == 2) {
    int port = -1;
    const char* const end = arguments[1].data() + arguments[1].size();
    const auto [rest, error] = std::from_chars(arguments[1].data(), end, port);
    if (error == std::errc() && rest == end && port >= 0 && port <= 65535) {
      return Serve(port);
    }
  }
  std::cerr << "outage: unknown or incomplete option '" << wrong
            << "'; see --help\n";
  return kUsageError;
}

}  // namespace
}  // namespace outage

int main(int argc, char** argv) {
  return outage::Main({argv + 1, argv + argc});
}
