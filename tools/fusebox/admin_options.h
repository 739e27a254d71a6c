// admin_options.h: the options of subcommands that talk to processes.

#ifndef FUSEBOX_TOOLS_FUSEBOX_ADMIN_OPTIONS_H_
#define FUSEBOX_TOOLS_FUSEBOX_ADMIN_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "fusebox/v1/admin.pb.h"
#include "tools/admin/address.h"

namespace fusebox::tool {

struct AdminOptions {
  std::vector<std::string> admin;
  std::string method;
  std::string target;
  std::string key;
  std::vector<std::string> state;
  bool troubled = false;
  bool json = false;
};

// The end of each subcommand's help.
inline constexpr char kAdminFooter[] =
    R"(A process is HOST:PORT or unix:PATH. --admin may be repeated. Without it, the
tool reads addresses, separated by commas, from FUSEBOX_ADMIN. A pattern is a
glob that must match the whole text: * matches any characters, ? matches one.
)";

void AddAdmin(CLI::App* command, AdminOptions* options);
void AddJson(CLI::App* command, AdminOptions* options);

// Adds PATTERN, which matches methods, --target and --key.
enum class Pattern { kOptional, kRequired };
void AddNames(CLI::App* command, AdminOptions* options, Pattern pattern);

// Adds --state and --troubled.
void AddStates(CLI::App* command, AdminOptions* options);

// Returns why `text` is not a whole number from 0, or an empty string.
std::string IsNoNumber(const std::string& text);

v1::BreakerFilter FilterOf(const AdminOptions& options);

// Returns whether the filter matches everything.
bool IsAll(const v1::BreakerFilter& filter);

// Returns nothing if there are none, after a message on standard error.
std::optional<std::vector<AdminAddress>> AddressesOf(
    const AdminOptions& options, const std::string& command);

// Prints "fusebox list: ..." to standard error.
void Complain(const std::string& command, const std::string& problem);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_FUSEBOX_ADMIN_OPTIONS_H_
