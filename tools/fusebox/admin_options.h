// admin_options.h: what the subcommands that talk to processes have in common.

#ifndef FUSEBOX_TOOLS_FUSEBOX_ADMIN_OPTIONS_H_
#define FUSEBOX_TOOLS_FUSEBOX_ADMIN_OPTIONS_H_

#include <grpcpp/support/status.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "fusebox/v1/admin.pb.h"
#include "tools/admin/address.h"
#include "tools/admin/reach.h"
#include "tools/fusebox/command.h"
#include "tools/text/printable.h"

namespace fusebox::tool {

struct AdminOptions {
  std::string command;  // "config get"
  std::vector<std::string> admin;
  ReachOptions reach;
  std::vector<AdminAddress> processes;  // which `admin` or FUSEBOX_ADMIN names
  std::vector<AdminAddress> patterns;   // which may match others later
  std::string method;
  std::string target;
  std::string key;
  std::vector<std::string> state;
  bool troubled = false;
  bool json = false;

  // Whether there are several processes, or may be.
  bool several() const { return processes.size() > 1 || !patterns.empty(); }

  // Returns "HOST:PORT: " if there are several processes.
  std::string PrefixOf(const AdminAddress& process) const {
    return several() ? Printable(process.text) + ": " : "";
  }
};

// The help text of all these subcommands.
inline constexpr char kAdminFooter[] =
    R"(A process is HOST:PORT or unix:PATH. --admin may be repeated. Without it, the
tool reads addresses, separated by commas, from FUSEBOX_ADMIN. PATH may be a
pattern: 'unix:/run/*/fusebox.sock' names each socket that matches. A HOST with
several addresses names a process at each of them. Other users can see options:
give a secret header in FUSEBOX_HEADERS or a file (-H @FILE), not after -H.

A PATTERN is a glob that must match the whole text: * matches any characters,
? matches one.

)";

void AddJson(CLI::App* command, AdminOptions* options);

// Adds PATTERN, which matches methods, --target and --key.
enum class Pattern { kOptional, kRequired };
void AddNames(CLI::App* command, AdminOptions* options, Pattern pattern);

// Adds --state and --troubled.
void AddStates(CLI::App* command, AdminOptions* options);

v1::BreakerFilter FilterOf(const AdminOptions& options);

// Returns the filter for a request that changes breakers. Such a request must
// have a filter; an empty one matches everything.
v1::BreakerFilter FilterToChange(const AdminOptions& options);

// Prints "fusebox list: HOST:PORT: UNAVAILABLE: ..." to standard error. Returns
// kProblem.
ExitCode Complain(const AdminOptions& options, const AdminAddress& process,
                  const grpc::Status& status);

// Adds --admin and the options of TLS and metadata to `command`.
void AddAdmin(CLI::App* command, AdminOptions* options);

// Sets the command and its processes. Returns false after a message on standard
// error if there is no address, or if an address or an option is wrong.
bool Resolve(const CLI::App* command, AdminOptions* options);

// Does AddAdmin(). Returns what calls `run` with the processes that the options
// name.
template <typename Options>
Run OnProcesses(CLI::App* command, const std::shared_ptr<Options>& options,
                ExitCode (*run)(const Options&)) {
  AddAdmin(command, options.get());
  return [=] {
    return Resolve(command, options.get()) ? run(*options) : kBadUsage;
  };
}

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_FUSEBOX_ADMIN_OPTIONS_H_
