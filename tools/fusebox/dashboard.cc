// dashboard.cc: fusebox dashboard --admin ADDR...

#include "tools/dashboard/dashboard.h"

#include <signal.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/admin/address.h"
#include "tools/dashboard/page_server.h"
#include "tools/fusebox/admin_options.h"
#include "tools/fusebox/command.h"

namespace fusebox::tool {
namespace {

constexpr char kFooter[] =
    R"(The page shows every circuit of the given processes. It cannot change
anything. The server speaks plain HTTP and has no login, and everyone who can
open the page sees the names of your methods. By default it listens on
127.0.0.1, so that only users of this machine can open the page.

Exit codes: 0 ended by a signal (SIGINT, SIGTERM); 2 bad usage, or it cannot
listen on the given address and port.

Example:
  fusebox dashboard --admin unix:/run/shop/admin.sock --admin 10.0.0.7:9901
)";

constexpr char kCommand[] = "dashboard";

struct Options : AdminOptions {
  PageServer::Options page;
};

ExitCode Serve(const Options& options) {
  const std::optional<std::vector<AdminAddress>> processes =
      AddressesOf(options, kCommand);
  if (!processes) return kBadUsage;
  // Threads that start from here on inherit this mask, so that sigwait() below
  // gets the signals.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  const absl::StatusOr<std::unique_ptr<Dashboard>> dashboard =
      Dashboard::Start(*processes, options.page);
  if (!dashboard.ok()) {
    Complain(kCommand, std::string(dashboard.status().message()));
    return kBadUsage;
  }
  std::cout << (*dashboard)->server().url() << std::endl;
  int signal = 0;
  sigwait(&ends, &signal);
  return kOk;
}

}  // namespace

Run DeclareDashboard(CLI::App& tool) {
  const auto options = std::make_shared<Options>();
  CLI::App* const dashboard = tool.add_subcommand(
      kCommand, "Serve a live web page of the circuits of running processes.");
  AddAdmin(dashboard, options.get());
  dashboard
      ->add_option("--port", options->page.port,
                   "The port to listen on (default: 0, which chooses a free "
                   "port and prints it)")
      ->check(CLI::Range(0, 65535));
  dashboard->add_option("--host", options->page.host,
                        "The address to listen on (default: 127.0.0.1)");
  dashboard->footer(std::string(kAdminFooter) + "\n" + kFooter);
  return [options] { return Serve(*options); };
}

}  // namespace fusebox::tool
