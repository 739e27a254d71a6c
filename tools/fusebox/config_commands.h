// config_commands.h: declares the subcommands of `fusebox config`.

#ifndef FUSEBOX_TOOLS_FUSEBOX_CONFIG_COMMANDS_H_
#define FUSEBOX_TOOLS_FUSEBOX_CONFIG_COMMANDS_H_

#include <grpcpp/support/status.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/policy/config.h"
#include "fusebox/v1/admin.pb.h"
#include "tools/admin/address.h"
#include "tools/fusebox/admin_options.h"
#include "tools/fusebox/command.h"
#include "tools/fusebox/config_input.h"

namespace fusebox::tool {

struct ConfigOptions : AdminOptions {
  ConfigInput file;
  std::optional<uint64_t> generation;
  bool until_file_changes = false;
  bool dry_run = false;
};

// A subcommand, and what runs it.
using Declared = std::pair<const CLI::App*, Run>;

Declared DeclareConfigGet(CLI::App* config);
Declared DeclareConfigUpdate(CLI::App* config);
Declared DeclareConfigDiff(CLI::App* config);
Declared DeclareConfigHistory(CLI::App* config);
Declared DeclareConfigRollback(CLI::App* config);
Declared DeclareConfigUnused(CLI::App* config);

// Adds --generation, with this description.
void AddGeneration(CLI::App* command, const std::string& description,
                   ConfigOptions* options);

// Adds --until-file-changes.
void AddUntilFileChanges(CLI::App* command, ConfigOptions* options);

// Asks for the config of that generation; 0 means the one in force.
grpc::Status GetConfig(const AdminAddress& process, uint64_t generation,
                       v1::GetConfigResponse* response);

// What one process is asked to put into force.
struct ConfigUpdate {
  AdminAddress process;
  v1::UpdateConfigRequest request;
};

// Asks each process what its update would change. Complains about those that
// would refuse it. Returns the answers, or nothing if there was a complaint.
std::optional<std::vector<v1::UpdateConfigResponse>> CheckUpdates(
    const std::vector<ConfigUpdate>& updates, const ConfigOptions& options);

// Puts the configs into force in all processes, or in none if one of them would
// refuse. If one refuses although it said that it would not, says which of them
// have which config.
ExitCode ApplyUpdates(const std::vector<ConfigUpdate>& updates,
                      const ConfigOptions& options);

// Prints what a config would change or has changed in a process, one line per
// change.
void PrintChanges(const AdminAddress& process,
                  const v1::UpdateConfigResponse& response,
                  const ConfigOptions& options);

// Returns "/shop.v1.Cart/Checkout: openDuration: 5s -> 30s".
std::string ChangeText(const v1::ConfigChange& change);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_FUSEBOX_CONFIG_COMMANDS_H_
