// command.h: declares the subcommands of the fusebox tool.
//
// Each subcommand has its own file. It defines one function, which declares the
// subcommand with its options. main.cc lists these functions.

#ifndef FUSEBOX_TOOLS_FUSEBOX_COMMAND_H_
#define FUSEBOX_TOOLS_FUSEBOX_COMMAND_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "fusebox/base/problem.h"

namespace fusebox::tool {

// The exit codes of every subcommand.
enum ExitCode : int {
  kOk = 0,
  kProblem = 1,   // the command found a problem
  kBadUsage = 2,  // the options are wrong, or the input cannot be read
  kUnknown = 3,   // a process did not answer, so there may be a problem
};

// Prints "fusebox list: ..." to standard error, as one line that is safe for a
// terminal.
void Complain(const std::string& command, const std::string& problem);

// Prints the problems of a config, one per line, or `status` if there are none.
void Complain(const std::string& command, const Problems& problems,
              const absl::Status& status);

// Prints why standard output takes no more. Returns kBadUsage.
ExitCode CannotWrite(const std::string& command, const std::string& why);

// For options that take a whole number: refuses other texts, and numbers of
// more than 64 bits. Removes leading zeros, which CLI11 would take for octal.
CLI::Validator WholeNumber();

// Does the work of a subcommand after the options have been parsed.
using Run = std::function<ExitCode()>;

// Declares a subcommand and its options.
using Declare = Run (*)(CLI::App& tool);

Run DeclareCheck(CLI::App& tool);
Run DeclareCompletion(CLI::App& tool);
Run DeclareConfig(CLI::App& tool);
Run DeclareDashboard(CLI::App& tool);
Run DeclareEvents(CLI::App& tool);
Run DeclareGet(CLI::App& tool);
Run DeclareList(CLI::App& tool);
Run DeclareManual(CLI::App& tool);
Run DeclareMode(CLI::App& tool);
Run DeclareReplay(CLI::App& tool);
Run DeclareReset(CLI::App& tool);
Run DeclareWatch(CLI::App& tool);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_FUSEBOX_COMMAND_H_
