// config.cc: fusebox config get | update FILE

#include "fusebox/policy/config.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "fusebox/base/problem.h"
#include "fusebox/config/config_parser.h"
#include "fusebox/config/config_proto.h"
#include "tools/admin/address.h"
#include "tools/fusebox/admin_options.h"
#include "tools/fusebox/ask.h"
#include "tools/fusebox/command.h"
#include "tools/fusebox/config_input.h"
#include "tools/text/printable.h"

namespace fusebox::tool {
namespace {

using Stub = v1::BreakerAdmin::Stub;

constexpr char kConfigGetFooter[] =
    R"(Prints the config as JSON on standard output, with every field of every policy,
in the form that fusebox check and fusebox config update read. Prints the
generation of the config on standard error.

Exit codes: 0 success; 1 the process did not answer; 2 bad usage.

Example:
  fusebox config get --admin localhost:9090 > breakers.json
)";

constexpr char kConfigUpdateFooter[] =
    R"(Checks the file first and prints each problem as one line on standard error.
The process accepts the whole config or nothing. Without --generation, the
file replaces the config that is in force when the command begins. With
--generation, it replaces only the config of that generation.

Exit codes: 0 the config is in force; 1 a process refused it or did not answer;
2 bad usage, or the file has problems.

Example:
  fusebox config update breakers.json --admin localhost:9090
  fusebox config update breakers.json --generation 3
)";

struct ConfigOptions : AdminOptions {
  ConfigInput file;
  std::optional<uint64_t> generation;
};

grpc::Status GetConfig(const AdminAddress& process,
                       v1::GetConfigResponse* response) {
  return Ask(process, &Stub::GetConfig, v1::GetConfigRequest(), response);
}

ExitCode PrintConfig(const ConfigOptions& options) {
  if (options.processes.size() > 1) {
    Complain(options.command, "needs one process, and --admin names " +
                                  std::to_string(options.processes.size()) +
                                  ". Give one --admin");
    return kBadUsage;
  }
  const AdminAddress& process = options.processes.front();
  v1::GetConfigResponse response;
  const grpc::Status status = GetConfig(process, &response);
  if (!status.ok()) return Complain(options, process, status);
  const absl::StatusOr<Config> config = ConfigFromProto(response.config());
  if (!config.ok()) {
    Complain(options.command,
             process.text + ": this tool does not understand its config: " +
                 std::string(config.status().message()));
    return kProblem;
  }
  std::cout << PrintableJson(ConfigToJson(*config));
  Complain(options.command,
           "generation " + std::to_string(response.generation()));
  return kOk;
}

ExitCode UpdateOne(const AdminAddress& process, const Config& config,
                   const ConfigOptions& options) {
  v1::UpdateConfigRequest request;
  *request.mutable_config() = ConfigToProto(config);
  v1::GetConfigResponse now;
  if (!options.generation) {
    const grpc::Status status = GetConfig(process, &now);
    if (!status.ok()) return Complain(options, process, status);
  }
  request.set_generation(options.generation.value_or(now.generation()));
  v1::UpdateConfigResponse response;
  const grpc::Status status =
      Ask(process, &Stub::UpdateConfig, request, &response);
  if (status.ok()) {
    std::cout << Printable(process.text) << ": generation "
              << response.generation() << " is in force\n";
    return kOk;
  }
  Complain(options, process, status);
  if (status.error_code() == grpc::StatusCode::ABORTED) {
    std::cerr << "  To see the config in force, run fusebox config get.\n";
  }
  return kProblem;
}

ExitCode Update(const ConfigOptions& options) {
  Problems problems;
  const absl::StatusOr<Config> config = ReadConfig(options.file, &problems);
  if (!config.ok()) {
    Complain(options.command, problems, config.status());
    return kBadUsage;
  }
  ExitCode code = kOk;
  for (const AdminAddress& process : options.processes) {
    code = std::max(code, UpdateOne(process, *config, options));
  }
  return code;
}

}  // namespace

Run DeclareConfig(CLI::App& tool) {
  const auto options = std::make_shared<ConfigOptions>();
  CLI::App* const config = tool.add_subcommand(
      "config", "Read or replace the config of a running process.");
  config->require_subcommand(1);
  config->footer(
      "Example:\n"
      "  fusebox config get --admin localhost:9090 > breakers.json\n"
      "  fusebox config update breakers.json --admin localhost:9090\n"
      "\n"
      "Exit codes: 0 success; 1 a process refused or did not answer; 2 bad\n"
      "usage or input. For more, run fusebox config get --help.\n");

  CLI::App* const get =
      config->add_subcommand("get", "Print the config that is in force.");
  get->footer(kConfigGetFooter);
  const Run run_get = OnProcesses(get, options, PrintConfig);

  CLI::App* const update =
      config->add_subcommand("update", "Replace the config that is in force.");
  AddConfigInput(update, "FILE", &options->file)->option_text(" ");
  update
      ->add_option("--generation", options->generation,
                   "The generation to replace (default: the current one)")
      ->transform(WholeNumber())
      ->option_text("N");
  update->footer(kConfigUpdateFooter);
  const Run run_update = OnProcesses(update, options, Update);
  return [=] { return get->parsed() ? run_get() : run_update(); };
}

}  // namespace fusebox::tool
