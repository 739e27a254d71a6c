// config_update.cc: fusebox config update FILE | diff FILE | rollback

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "fusebox/base/problem.h"
#include "fusebox/config/config_parser.h"
#include "fusebox/config/config_proto.h"
#include "fusebox/policy/config.h"
#include "tools/fusebox/ask.h"
#include "tools/fusebox/config_commands.h"
#include "tools/text/json_text.h"
#include "tools/text/printable.h"

namespace fusebox::tool {
namespace {

using Stub = v1::BreakerAdmin::Stub;

constexpr char kConfigUpdateFooter[] =
    R"(Checks the file first and prints each problem as one line on standard error.
A process accepts the whole config or nothing. Without --generation, the file
replaces the config that is in force when the command begins. With --generation,
it replaces only the config of that generation.

Several processes get the config all together or not at all: each is asked
first whether it would accept it. A process that follows a file refuses, unless
you give --until-file-changes: the file's next change replaces your config.

Exit codes: 0 the config is in force; 1 a process refused it or did not answer;
2 bad usage, or the file has problems.

Example:
  fusebox config update breakers.json --dry-run --admin localhost:9090
  fusebox config update breakers.json --admin localhost:9090
  fusebox config update breakers.json --generation 3
)";

constexpr char kConfigDiffFooter[] =
    R"(Prints what the file would change in each process: the method, the field, its
value before and after, and how many breakers in use it is about. Changes
nothing.

Exit codes: 0 the file would change nothing; 1 it would change something, or a
process did not answer; 2 bad usage, or the file has problems.

Example:
  fusebox config diff breakers.json --admin localhost:9090
)";

constexpr char kConfigRollbackFooter[] =
    R"(Puts the config of an earlier generation into force again: by default, the one
before the present one. It becomes a new generation, so that a rollback can be
rolled back. fusebox config history lists the generations. Several processes are
rolled back all together or not at all.

Exit codes: 0 the config is in force; 1 a process refused, has no such config or
did not answer; 2 bad usage.

Example:
  fusebox config rollback --admin localhost:9090
  fusebox config rollback --generation 3 --dry-run
)";

// Reads the file and makes an update for each process of it. Returns nothing
// after a complaint, with its exit code.
std::optional<std::vector<ConfigUpdate>> UpdatesOf(const ConfigOptions& options,
                                                   ExitCode* code) {
  Problems problems;
  const absl::StatusOr<Config> config = ReadConfig(options.file, &problems);
  if (!config.ok()) {
    Complain(options.command, problems, config.status());
    *code = kBadUsage;
    return std::nullopt;
  }
  std::vector<ConfigUpdate> updates;
  for (const AdminAddress& process : options.processes) {
    ConfigUpdate update{process, {}};
    *update.request.mutable_config() = ConfigToProto(*config);
    update.request.set_until_file_changes(options.until_file_changes);
    update.request.set_generation(options.generation.value_or(0));
    if (!options.generation) {
      v1::GetConfigResponse now;
      const grpc::Status status = GetConfig(process, 0, &now);
      if (!status.ok()) {
        *code = Complain(options, process, status);
        continue;
      }
      update.request.set_generation(now.generation());
    }
    updates.push_back(std::move(update));
  }
  if (updates.size() < options.processes.size()) return std::nullopt;
  return updates;
}

ExitCode Update(const ConfigOptions& options) {
  ExitCode code = kOk;
  const auto updates = UpdatesOf(options, &code);
  if (!updates) return code;
  return ApplyUpdates(*updates, options);
}

ExitCode Diff(const ConfigOptions& options) {
  ExitCode code = kOk;
  ConfigOptions check = options;
  check.until_file_changes = true;  // a file changes nothing about a diff
  const auto updates = UpdatesOf(check, &code);
  if (!updates) return code;
  const auto responses = CheckUpdates(*updates, options);
  if (!responses) return kProblem;
  for (size_t i = 0; i < responses->size(); ++i) {
    PrintChanges((*updates)[i].process, (*responses)[i], options);
    if (!(*responses)[i].unchanged()) code = kProblem;
  }
  return code;
}

// Returns the generation before the one in force, or the one that was asked
// for. 0 means that there is none.
uint64_t GenerationBefore(const v1::ListConfigsResponse& history,
                          const ConfigOptions& options) {
  if (options.generation) return *options.generation;
  const int count = history.configs_size();
  return count < 2 ? 0 : history.configs(count - 2).generation();
}

// Makes the update that puts an earlier config of the process into force.
std::optional<ConfigUpdate> RollbackOf(const AdminAddress& process,
                                       const ConfigOptions& options) {
  v1::ListConfigsResponse history;
  grpc::Status status =
      Ask(process, &Stub::ListConfigs, v1::ListConfigsRequest(), &history);
  if (!status.ok()) {
    Complain(options, process, status);
    return std::nullopt;
  }
  const uint64_t generation = GenerationBefore(history, options);
  if (generation == 0) {
    Complain(options.command,
             process.text + ": has had only one config since it began");
    return std::nullopt;
  }
  v1::GetConfigResponse old;
  status = GetConfig(process, generation, &old);
  if (!status.ok()) {
    Complain(options, process, status);
    return std::nullopt;
  }
  ConfigUpdate update{process, {}};
  *update.request.mutable_config() = old.config();
  update.request.set_generation(
      history.configs(history.configs_size() - 1).generation());
  update.request.set_until_file_changes(options.until_file_changes);
  return update;
}

ExitCode Rollback(const ConfigOptions& options) {
  std::vector<ConfigUpdate> updates;
  for (const AdminAddress& process : options.processes) {
    if (auto update = RollbackOf(process, options)) {
      updates.push_back(*std::move(update));
    }
  }
  if (updates.size() < options.processes.size()) {
    if (options.processes.size() > 1) {
      Complain(options.command, "nothing was changed in any process");
    }
    return kProblem;
  }
  return ApplyUpdates(updates, options);
}

void AddDryRun(CLI::App* command, ConfigOptions* options) {
  command->add_flag("--dry-run", options->dry_run,
                    "Print what would change for which breakers, and change "
                    "nothing");
}

}  // namespace

Declared DeclareConfigUpdate(CLI::App* config) {
  const auto options = std::make_shared<ConfigOptions>();
  CLI::App* const update =
      config->add_subcommand("update", "Replace the config that is in force.");
  AddConfigInput(update, "FILE", &options->file)->option_text(" ");
  AddGeneration(update, "The generation to replace (default: the current one)",
                options.get());
  AddDryRun(update, options.get());
  AddUntilFileChanges(update, options.get());
  AddJson(update, options.get());
  update->footer(kConfigUpdateFooter);
  return {update, OnProcesses(update, options, Update)};
}

Declared DeclareConfigDiff(CLI::App* config) {
  const auto options = std::make_shared<ConfigOptions>();
  CLI::App* const diff = config->add_subcommand(
      "diff", "Show what a file would change in running processes.");
  AddConfigInput(diff, "FILE", &options->file)->option_text(" ");
  AddJson(diff, options.get());
  diff->footer(kConfigDiffFooter);
  return {diff, OnProcesses(diff, options, Diff)};
}

Declared DeclareConfigRollback(CLI::App* config) {
  const auto options = std::make_shared<ConfigOptions>();
  CLI::App* const rollback = config->add_subcommand(
      "rollback", "Put an earlier config into force again.");
  AddGeneration(rollback,
                "The generation to return to (default: the one before the "
                "present one)",
                options.get());
  AddDryRun(rollback, options.get());
  AddUntilFileChanges(rollback, options.get());
  AddJson(rollback, options.get());
  rollback->footer(kConfigRollbackFooter);
  return {rollback, OnProcesses(rollback, options, Rollback)};
}

}  // namespace fusebox::tool
