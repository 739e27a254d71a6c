// interface.h: describes the commands and options of the tool, as data.
//
// The manual page and the completions are made from it, so that they say what
// --help says.

#ifndef FUSEBOX_TOOLS_SHELL_INTERFACE_H_
#define FUSEBOX_TOOLS_SHELL_INTERFACE_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace fusebox::tool {

struct OptionInfo {
  std::vector<std::string> names;  // "-f", "--follow"; empty for an argument
  std::string value;               // "N", "PATTERN"; empty for a flag
  std::string help;
};

struct CommandInfo {
  std::string name;     // "list"
  std::string path;     // "fusebox list"
  std::string summary;  // one sentence
  std::string footer;   // what --help prints at its end
  std::vector<OptionInfo> options;
  std::vector<CommandInfo> commands;
};

// Describes the app and all its subcommands.
CommandInfo Describe(const CLI::App& app, const std::string& parent = "");

// Returns the manual page of the tool, for man(1).
std::string ManualPage(const CommandInfo& tool, const std::string& version);

// Return scripts that complete commands and options in a shell.
std::string BashCompletion(const CommandInfo& tool);
std::string ZshCompletion(const CommandInfo& tool);
std::string FishCompletion(const CommandInfo& tool);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_SHELL_INTERFACE_H_
