// config.cc: fusebox config get | update | diff | history | rollback | unused

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "tools/fusebox/command.h"
#include "tools/fusebox/config_commands.h"

namespace fusebox::tool {

Run DeclareConfig(CLI::App& tool) {
  CLI::App* const config = tool.add_subcommand(
      "config", "Read, compare or replace the config of running processes.");
  config->require_subcommand(1);
  config->footer(
      "Example:\n"
      "  fusebox config get --admin localhost:9090 > breakers.json\n"
      "  fusebox config diff breakers.json --admin localhost:9090\n"
      "  fusebox config update breakers.json --admin localhost:9090\n"
      "  fusebox config rollback --admin localhost:9090\n"
      "\n"
      "Exit codes: 0 success; 1 a process refused or did not answer; 2 bad\n"
      "usage or input. For more, run fusebox config get --help.\n");
  const std::vector<Declared> commands = {
      DeclareConfigGet(config),      DeclareConfigUpdate(config),
      DeclareConfigDiff(config),     DeclareConfigHistory(config),
      DeclareConfigRollback(config), DeclareConfigUnused(config)};
  return [=] {
    for (const auto& [command, run] : commands) {
      if (command->parsed()) return run();
    }
    return kBadUsage;
  };
}

}  // namespace fusebox::tool
