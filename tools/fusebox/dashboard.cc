// dashboard.cc: fusebox dashboard --admin ADDR...

#include "tools/dashboard/dashboard.h"

#include <signal.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tools/dashboard/page_server.h"
#include "tools/fusebox/admin_options.h"
#include "tools/fusebox/command.h"

namespace fusebox::tool {
namespace {

constexpr char kDashboardFooter[] =
    R"(The page shows every circuit of the given processes. It looks every two seconds
for new sockets that match a pattern of --admin. It cannot change anything. The
command keeps the last hour of events and rates in memory, in at most 64 MB, for
pages that are opened later. The server speaks plain HTTP and has no login, and
everyone who can open the page sees the names of your methods. By default it
listens on 127.0.0.1, so that only users of this machine can open the page.

Exit codes: 0 a signal ended it (SIGINT or SIGTERM); 2 bad usage, or it cannot
listen on the given address and port or print the page's address.

Example:
  fusebox dashboard --admin unix:/run/shop/admin.sock --admin 10.0.0.7:9901
)";

struct DashboardOptions : AdminOptions {
  PageServer::Options page;
};

ExitCode Serve(const DashboardOptions& options) {
  // Threads inherit this mask, so that only sigwait() below gets the signals.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  const absl::StatusOr<std::unique_ptr<Dashboard>> dashboard =
      Dashboard::Start(options.processes, options.page, options.patterns);
  if (!dashboard.ok()) {
    Complain(options.command, std::string(dashboard.status().message()));
    return kBadUsage;
  }
  std::cout << (*dashboard)->server().url() << std::endl;
  if (!std::cout) return kBadUsage;  // nobody learns where the page is
  int signal = 0;
  sigwait(&ends, &signal);
  return kOk;
}

}  // namespace

Run DeclareDashboard(CLI::App& tool) {
  const auto options = std::make_shared<DashboardOptions>();
  CLI::App* const dashboard = tool.add_subcommand(
      "dashboard",
      "Serve a live web page of the circuits of running processes.");
  dashboard
      ->add_option("--port", options->page.port,
                   "The port to listen on (default: a free port, which the "
                   "command prints)")
      ->transform(WholeNumber())
      ->check(CLI::Range(0, 65535));
  dashboard->add_option("--host", options->page.host,
                        "The address to listen on (default: 127.0.0.1)");
  dashboard->footer(std::string(kAdminFooter) + kDashboardFooter);
  return OnProcesses(dashboard, options, Serve);
}

}  // namespace fusebox::tool
