// main.cc: runs the subcommand that the user names.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <iostream>
#include <map>
#include <utility>

#include "tools/fusebox/command.h"

namespace fusebox::tool {
namespace {

constexpr Declare kCommands[] = {
    // These need no process.
    DeclareCheck,
    DeclareReplay,
    // These talk to running processes.
    DeclareList,
    DeclareGet,
    DeclareWatch,
    DeclareDashboard,
    DeclareEvents,
    DeclareMode,
    DeclareReset,
    DeclareConfig,
};

// Keeps the line breaks and the indentation of footers. CLI11 fills their lines
// by default since version 2.5, whose formatter can switch that off.
template <typename Formatter>
auto KeepLines(Formatter& formatter, int)
    -> decltype(formatter.enable_footer_formatting(false)) {
  formatter.enable_footer_formatting(false);
}
template <typename Formatter>
void KeepLines(Formatter&, long) {}  // an older CLI11

int Main(int argc, char** argv) {
  CLI::App tool("Circuit breaking for gRPC C++ clients.", "fusebox");
  KeepLines(*tool.get_formatter(), 0);  // its commands inherit the formatter
  tool.require_subcommand(1);
  tool.footer(
      "Exit codes: 0 success; 1 a problem was found; 2 bad usage or input.\n"
      "fusebox COMMAND --help explains a command, with an example.\n");
  std::map<const CLI::App*, Run> runs;
  for (const Declare declare : kCommands) {
    Run run = declare(tool);
    runs[tool.get_subcommands(nullptr).back()] = std::move(run);
  }
  try {
    tool.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return tool.exit(error) == 0 ? kOk : kBadUsage;
  }
  const ExitCode code = runs.at(tool.get_subcommands().front())();
  if (!std::cout.flush()) {
    std::cerr << "fusebox: cannot write to standard output\n";
    return kBadUsage;
  }
  return code;
}

}  // namespace
}  // namespace fusebox::tool

int main(int argc, char** argv) {
  try {
    return fusebox::tool::Main(argc, argv);
  } catch (const std::exception& error) {  // for example, std::bad_alloc
    std::fprintf(stderr, "fusebox: %s\n", error.what());
    return fusebox::tool::kBadUsage;
  } catch (...) {
    return fusebox::tool::kBadUsage;
  }
}
