// main.cc: runs the subcommand that the user names.

#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/base/text.h"
#include "fusebox/version.h"
#include "tools/fusebox/command.h"
#include "tools/text/nearest.h"
#include "tools/text/printable.h"

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
    // These describe the tool.
    DeclareCompletion,
    DeclareManual,
};

// Opens standard files that are closed, so that no socket takes their numbers.
// Reads and writes still fail.
void FillStandardFiles() {
  for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(file, F_GETFD) != -1) continue;
    (void)open("/dev/null", file == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

// Returns the subcommand that the user wrote last, or `app`.
const CLI::App& Innermost(const CLI::App& app) {
  const std::vector<CLI::App*> parsed = app.get_subcommands();
  return parsed.empty() ? app : Innermost(*parsed.back());
}

// Describes the first word that should be a subcommand and is not. Returns an
// empty string if there is no such word.
std::string NoCommand(const CLI::App& tool) {
  const CLI::App& app = Innermost(tool);
  const std::vector<const CLI::App*> commands = app.get_subcommands(nullptr);
  const std::vector<std::string> rest = app.remaining();
  const auto is_word = [](const std::string& word) {
    return word.empty() || word[0] != '-';
  };
  const auto word = std::find_if(rest.begin(), rest.end(), is_word);
  if (commands.empty() || word == rest.end()) return "";
  std::vector<std::string> names;
  names.reserve(commands.size());
  for (const CLI::App* const command : commands) {
    names.push_back(command->get_name());
  }
  return "fusebox: " + Quoted(*word) + " is not a command; the nearest is " +
         Nearest(*word, names) + "\n";
}

// Prints the help or the version that the user asked for, or what is wrong.
ExitCode Explain(const CLI::App& tool, const CLI::ParseError& error) {
  std::ostringstream wrong;
  if (tool.exit(error, std::cout, wrong) == 0) return kOk;
  const std::string no_command = NoCommand(tool);
  std::string whose = "fusebox";
  for (const CLI::App* app = &Innermost(tool); app != &tool;
       app = app->get_parent()) {
    whose.insert(sizeof("fusebox") - 1, " " + app->get_name());
  }
  std::cerr << (no_command.empty()
                    ? whose + ": " + Printable(error.what()) + "\n"
                    : no_command)
            << "Run with --help for more information.\n";
  return kBadUsage;
}

// Keeps the line breaks and the indentation of footers. CLI11 fills their lines
// by default since version 2.5, whose formatter can switch that off.
template <typename Formatter>
auto KeepLines(Formatter& formatter, int)
    -> decltype(formatter.enable_footer_formatting(false)) {
  formatter.enable_footer_formatting(false);
}
template <typename Formatter>
void KeepLines(Formatter&, long) {}  // an older CLI11

ExitCode RunCommand(std::vector<std::string> words) {
  CLI::App tool("Circuit breaking for gRPC C++ clients.", "fusebox");
  KeepLines(*tool.get_formatter(), 0);  // its commands inherit the formatter
  tool.require_subcommand(1);
  tool.set_version_flag("-V,--version", std::string("fusebox ") + kVersion);
  tool.footer(
      "Exit codes: 0 success; 1 a problem was found; 2 bad usage or input.\n"
      "fusebox COMMAND --help explains a command, with an example.\n");
  std::map<const CLI::App*, Run> runs;
  for (const Declare declare : kCommands) {
    Run run = declare(tool);
    runs[tool.get_subcommands(nullptr).back()] = std::move(run);
  }
  // "help list" means "list --help".
  if (!words.empty() && words.front() == "help") {
    words.erase(words.begin());
    words.emplace_back("--help");
  }
  std::reverse(words.begin(), words.end());  // as CLI11 wants them
  try {
    tool.parse(std::move(words));
  } catch (const CLI::ParseError& error) {
    return Explain(tool, error);
  }
  return runs.at(tool.get_subcommands().front())();
}

ExitCode Main(const std::vector<std::string>& words) {
  const ExitCode code = RunCommand(words);
  errno = 0;
  if (std::cout.flush()) return code;
  std::cerr << "fusebox: cannot write to standard output"
            << (errno == 0 ? "" : std::string(": ") + std::strerror(errno))
            << "\n";
  return kBadUsage;
}

}  // namespace
}  // namespace fusebox::tool

int main(int argc, char** argv) {
  try {
    fusebox::tool::FillStandardFiles();
    // gRPC's own log would repeat what a message says, and spoil a screen.
    (void)setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
    return fusebox::tool::Main({argv + std::min(argc, 1), argv + argc});
  } catch (const std::exception& error) {  // for example, std::bad_alloc
    std::fprintf(stderr, "fusebox: %s\n", error.what());
    return fusebox::tool::kBadUsage;
  } catch (...) {
    return fusebox::tool::kBadUsage;
  }
}
