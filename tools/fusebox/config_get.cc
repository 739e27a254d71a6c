// config_get.cc: fusebox config get | history | unused

#include <CLI/CLI.hpp>
#include <cstddef>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/base/text.h"
#include "fusebox/config/config_parser.h"
#include "fusebox/config/config_proto.h"
#include "fusebox/policy/config.h"
#include "tools/fusebox/ask.h"
#include "tools/fusebox/config_commands.h"
#include "tools/text/json_text.h"
#include "tools/text/printable.h"
#include "tools/text/table.h"
#include "tools/text/terminal.h"
#include "tools/text/time_text.h"

namespace fusebox::tool {
namespace {

using Stub = v1::BreakerAdmin::Stub;

constexpr char kConfigGetFooter[] =
    R"(Prints the config as JSON on standard output, with every field of every policy,
in the form that fusebox check and fusebox config update read. Prints the
generation of the config on standard error.

Exit codes: 0 success; 1 the process did not answer or no longer keeps that
config; 2 bad usage.

Example:
  fusebox config get --admin localhost:9090 > breakers.json
  fusebox config get --generation 3 > before.json
)";

constexpr char kConfigHistoryFooter[] =
    R"(Prints the last configs of each process, the one in force last: who put it into
force, how long ago, and what it changed. A process keeps at most 16 configs,
until it ends.

Exit codes: 0 success; 1 a process did not answer; 2 bad usage.

Example:
  fusebox config history --admin localhost:9090
)";

constexpr char kConfigUnusedFooter[] =
    R"(Lists the methods and services that the config names and that no call has met
since the process began. Such a name may be misspelled: the most similar method
that calls have met stands beside it.

Exit codes: 0 no such name, or few calls so far; 1 there are such names, and the
process has made 1,000 calls; 2 bad usage; 3 a process did not answer, and the
others have no such names.

Example:
  fusebox config unused --admin localhost:9090
)";

ExitCode PrintConfig(const ConfigOptions& options) {
  if (options.processes.size() > 1) {
    Complain(options.command, "needs one process, and --admin names " +
                                  std::to_string(options.processes.size()) +
                                  ". Give one --admin");
    return kBadUsage;
  }
  const AdminAddress& process = options.processes.front();
  v1::GetConfigResponse response;
  const grpc::Status status =
      GetConfig(process, options.generation.value_or(0), &response);
  if (!status.ok()) return Complain(options, process, status);
  const absl::StatusOr<Config> config = ConfigFromProto(response.config());
  if (!config.ok()) {
    Complain(options.command,
             process.text + ": this tool does not understand its config: " +
                 std::string(config.status().message()));
    return kProblem;
  }
  std::cout << PrintableJson(ConfigToJson(*config));
  std::string note = "generation " + std::to_string(response.generation());
  if (!response.followed_file().empty()) {
    note += "; the process follows " + response.followed_file();
  }
  Complain(options.command, note);
  return kOk;
}

// Returns "alice", "the file breakers.json" or "the program".
std::string AuthorText(const v1::ConfigRecord& record) {
  if (record.source() == "FILE") return "file " + record.author();
  if (record.source() != "OPERATOR") return "the program";
  return record.author().empty() ? "an operator" : record.author();
}

// Returns the first change, and how many more there are.
std::string ChangesText(const v1::ConfigRecord& record, bool is_first) {
  std::string text;
  if (is_first) {
    text = "the first one that is kept";
  } else if (record.changes().empty()) {
    text = "no change for calls";
  } else {
    text = ChangeText(record.changes(0));
    if (record.changes_size() > 1) {
      text += ", and " + Count(static_cast<uint64_t>(record.changes_size() - 1),
                               "more change");
    }
  }
  if (record.same_as() != 0) {
    text += " (equal to " + std::to_string(record.same_as()) + ")";
  }
  return text;
}

void PrintHistory(const AdminAddress& process,
                  const v1::ListConfigsResponse& response,
                  const ConfigOptions& options) {
  if (options.json) {
    for (const v1::ConfigRecord& record : response.configs()) {
      std::cout << JsonLine(process.text, record);
    }
    return;
  }
  if (options.processes.size() > 1) {
    std::cout << Printable(process.text) << "\n";
  }
  Table table({{"GENERATION", Cut::kEnd, 0, /*right=*/true},
               {"AGE"},
               {"BY", Cut::kStart, 12},
               {"CHANGE", Cut::kEnd, 20}});
  for (int i = 0; i < response.configs_size(); ++i) {
    const v1::ConfigRecord& record = response.configs(i);
    table.Add({{std::to_string(record.generation())},
               {DurationWords(ToDuration(record.age()))},
               {AuthorText(record)},
               {ChangesText(record, i == 0)}});
  }
  for (const std::string& line : table.Lines(StandardOutput())) {
    std::cout << line << "\n";
  }
  if (!response.followed_file().empty()) {
    std::cout << "It follows " << Printable(response.followed_file())
              << ": the file's next change replaces the config in force.\n";
  }
}

ExitCode History(const ConfigOptions& options) {
  return AskAll(options, &Stub::ListConfigs, v1::ListConfigsRequest(),
                [&](const AdminAddress& process,
                    const v1::ListConfigsResponse& response) {
                  PrintHistory(process, response, options);
                });
}

ExitCode Unused(const ConfigOptions& options) {
  constexpr uint64_t kManyCalls = 1000;
  bool found = false;
  const ExitCode code = AskAll(
      options, &Stub::GetConfig, v1::GetConfigRequest(),
      [&](const AdminAddress& process, const v1::GetConfigResponse& response) {
        const bool many = response.calls() >= kManyCalls;
        for (const v1::UnusedName& unused : response.unused_names()) {
          found = found || many;
          if (options.json) {
            std::cout << JsonLine(process.text, unused);
            continue;
          }
          std::cout << options.PrefixOf(process) << Printable(unused.name());
          if (!unused.nearest().empty()) {
            std::cout << " (similar to " << Printable(unused.nearest()) << ")";
          }
          std::cout << "\n";
        }
        if (!many && !response.unused_names().empty()) {
          Complain(options.command, process.text + ": has made only " +
                                        Count(response.calls(), "call") +
                                        " so far");
        }
      });
  return found ? kProblem : code == kOk ? kOk : kUnknown;
}

}  // namespace

Declared DeclareConfigGet(CLI::App* config) {
  const auto options = std::make_shared<ConfigOptions>();
  CLI::App* const get =
      config->add_subcommand("get", "Print the config that is in force.");
  AddGeneration(get, "The generation to print (default: the one in force)",
                options.get());
  get->footer(kConfigGetFooter);
  return {get, OnProcesses(get, options, PrintConfig)};
}

Declared DeclareConfigUnused(CLI::App* config) {
  const auto options = std::make_shared<ConfigOptions>();
  CLI::App* const unused = config->add_subcommand(
      "unused", "List the names in the config that no call has met.");
  AddJson(unused, options.get());
  unused->footer(kConfigUnusedFooter);
  return {unused, OnProcesses(unused, options, Unused)};
}

Declared DeclareConfigHistory(CLI::App* config) {
  const auto options = std::make_shared<ConfigOptions>();
  CLI::App* const history = config->add_subcommand(
      "history", "Show the last configs, and who put them into force.");
  AddJson(history, options.get());
  history->footer(kConfigHistoryFooter);
  return {history, OnProcesses(history, options, History)};
}

}  // namespace fusebox::tool
