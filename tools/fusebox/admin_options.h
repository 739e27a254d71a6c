// admin_options.h: options of the subcommands that talk to processes.

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

// Below the examples of each help.
inline constexpr char kAdminFooter[] =
    R"(A process is HOST:PORT or unix:PATH; --admin may be repeated, and where it is
not given FUSEBOX_ADMIN is read, with commas between addresses. Patterns are
globs over the whole text: * stands for any characters, ? for one.
)";

void AddAdmin(CLI::App* command, AdminOptions* options);
void AddJson(CLI::App* command, AdminOptions* options);

// PATTERN, --target and --key; what PATTERN matches is the method.
enum class Pattern { kOptional, kRequired };
void AddNames(CLI::App* command, AdminOptions* options, Pattern pattern);

// --state and --troubled.
void AddStates(CLI::App* command, AdminOptions* options);

// Why `text` is no whole number from 0; empty if it is one.
std::string IsNoNumber(const std::string& text);

v1::BreakerFilter FilterOf(const AdminOptions& options);

// Whether it matches everything.
bool IsAll(const v1::BreakerFilter& filter);

// Nothing, once it is said on standard error, where there are none.
std::optional<std::vector<AdminAddress>> AddressesOf(
    const AdminOptions& options, const std::string& command);

// "fusebox list: ...", on standard error.
void Complain(const std::string& command, const std::string& problem);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_FUSEBOX_ADMIN_OPTIONS_H_
