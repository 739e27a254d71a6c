// command.h: a subcommand of the fusebox tool.
//
// Each subcommand has its own file with one function, which declares it and its
// options. main.cc lists them.

#ifndef FUSEBOX_TOOLS_FUSEBOX_COMMAND_H_
#define FUSEBOX_TOOLS_FUSEBOX_COMMAND_H_

#include <CLI/CLI.hpp>
#include <functional>

namespace fusebox::tool {

// The exit codes of every subcommand.
enum ExitCode : int {
  kOk = 0,
  kProblem = 1,   // it found a problem
  kBadUsage = 2,  // wrong options, or input that cannot be read
};

// Does the work after the options have been parsed.
using Run = std::function<ExitCode()>;

// Declares the subcommand.
using Declare = Run (*)(CLI::App& tool);

Run DeclareCheck(CLI::App& tool);
Run DeclareConfig(CLI::App& tool);
Run DeclareDashboard(CLI::App& tool);
Run DeclareEvents(CLI::App& tool);
Run DeclareGet(CLI::App& tool);
Run DeclareList(CLI::App& tool);
Run DeclareMode(CLI::App& tool);
Run DeclareReplay(CLI::App& tool);
Run DeclareReset(CLI::App& tool);
Run DeclareWatch(CLI::App& tool);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_FUSEBOX_COMMAND_H_
