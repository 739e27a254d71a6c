// dashboard.cc: fusebox dashboard --admin ADDR...

#include "tools/dashboard/dashboard.h"

#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/admin/address.h"
#include "tools/dashboard/page_server.h"
#include "tools/fusebox/command.h"

namespace fusebox::tool {
namespace {

constexpr char kFooter[] =
    R"(The page shows every circuit of every process named, and changes nothing.
Whoever can open it sees the names of your methods: it listens on 127.0.0.1
unless --host says otherwise, speaks plain HTTP and asks nobody who they are.
It runs until SIGINT or SIGTERM.

Example:
  fusebox dashboard --admin unix:/run/shop/admin.sock --admin 10.0.0.7:9901
)";

struct Options {
  std::vector<std::string> admin;
  PageServer::Options page;
};

ExitCode Serve(const Options& options) {
  const absl::StatusOr<std::vector<AdminAddress>> processes =
      AdminAddresses(options.admin, std::getenv(kAdminVariable));
  if (!processes.ok()) {
    std::cerr << "fusebox dashboard: " << processes.status().message() << "\n";
    return kBadUsage;
  }
  // All threads begun from here on leave them to this one.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  const absl::StatusOr<std::unique_ptr<Dashboard>> dashboard =
      Dashboard::Start(*processes, options.page);
  if (!dashboard.ok()) {
    std::cerr << "fusebox dashboard: " << dashboard.status().message() << "\n";
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
      "dashboard", "Serve a live web page of processes' circuits.");
  dashboard->add_option(
      "--admin", options->admin,
      "A process's admin service, HOST:PORT or unix:PATH; may be repeated "
      "(default: $FUSEBOX_ADMIN)");
  dashboard
      ->add_option("--port", options->page.port,
                   "Where the page is; 0 (default): a free port, which is "
                   "printed")
      ->check(CLI::Range(0, 65535));
  dashboard->add_option("--host", options->page.host,
                        "The address to listen on (default: 127.0.0.1)");
  dashboard->footer(kFooter);
  return [options] { return Serve(*options); };
}

}  // namespace fusebox::tool
