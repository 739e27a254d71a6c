// config.cc: fusebox config get | update FILE

#include "fusebox/policy/config.h"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "fusebox/base/problem.h"
#include "fusebox/config/config_parser.h"
#include "fusebox/config/config_proto.h"
#include "fusebox/core/settings.h"
#include "tools/admin/address.h"
#include "tools/admin/ask.h"
#include "tools/fusebox/admin_options.h"
#include "tools/fusebox/command.h"

namespace fusebox::tool {
namespace {

using Stub = v1::BreakerAdmin::Stub;

constexpr char kGetFooter[] =
    R"(Prints every field of every policy as JSON on standard output, in the form that
fusebox check and fusebox config update read. Prints the generation of the
config on standard error.

Exit codes: 0 success; 1 the process did not answer; 2 bad usage.

Example:
  fusebox config get --admin localhost:9090 > breakers.json
)";

constexpr char kUpdateFooter[] =
    R"(Checks the file first and prints each problem as one line on standard error.
The process accepts the whole config or nothing. Without --generation, the
file replaces the config that is in force when the command begins. With it, the
file replaces only the config of that generation.

Exit codes: 0 the config is in force; 1 a process refused it or did not answer;
2 bad usage, or a file with problems.

Example:
  fusebox config update breakers.json --admin localhost:9090
  fusebox config update breakers.json --generation 3
)";

struct Options : AdminOptions {
  std::string file;
  std::optional<uint64_t> generation;
};

ExitCode Get(const AdminOptions& options) {
  constexpr char kCommand[] = "config get";
  const auto addresses = AddressesOf(options, kCommand);
  if (!addresses) return kBadUsage;
  if (addresses->size() > 1) {
    Complain(kCommand, "of which process? Give one --admin, not " +
                           std::to_string(addresses->size()));
    return kBadUsage;
  }
  const std::string& process = addresses->front().text;
  const auto answer =
      Ask(addresses->front(), &Stub::GetConfig, v1::GetConfigRequest());
  if (!answer.status.ok()) {
    Complain(kCommand, process + ": " + StatusText(answer.status));
    return kProblem;
  }
  const absl::StatusOr<Config> config =
      ConfigFromProto(answer.response.config());
  if (!config.ok()) {
    Complain(kCommand, process + ": its config has no meaning here: " +
                           std::string(config.status().message()));
    return kProblem;
  }
  std::cout << ConfigToJson(*config);
  Complain(kCommand,
           "generation " + std::to_string(answer.response.generation()));
  return kOk;
}

ExitCode UpdateOne(const AdminAddress& address, const Config& config,
                   const Options& options, const std::string& command) {
  const auto fail = [&](const grpc::Status& status, const std::string& more) {
    Complain(command, address.text + ": " + StatusText(status) + more);
    return kProblem;
  };
  v1::UpdateConfigRequest request;
  *request.mutable_config() = ConfigToProto(config);
  if (options.generation) {
    request.set_generation(*options.generation);
  } else {
    const auto now = Ask(address, &Stub::GetConfig, v1::GetConfigRequest());
    if (!now.status.ok()) return fail(now.status, "");
    request.set_generation(now.response.generation());
  }
  const auto answer = Ask(address, &Stub::UpdateConfig, request);
  if (answer.status.ok()) {
    std::cout << address.text << ": generation " << answer.response.generation()
              << " is in force\n";
    return kOk;
  }
  if (answer.status.error_code() != grpc::StatusCode::ABORTED) {
    return fail(answer.status, "");
  }
  const auto now = Ask(address, &Stub::GetConfig, v1::GetConfigRequest());
  if (!now.status.ok()) return fail(answer.status, "");
  return fail(answer.status, "\n  the update was for generation " +
                                 std::to_string(request.generation()) +
                                 ", and " +
                                 std::to_string(now.response.generation()) +
                                 " is in force: see fusebox config get");
}

ExitCode Update(const Options& options) {
  constexpr char kCommand[] = "config update";
  const auto addresses = AddressesOf(options, kCommand);
  if (!addresses) return kBadUsage;
  Problems problems;
  const absl::StatusOr<Config> config = LoadConfigFile(options.file, &problems);
  if (!config.ok()) {
    for (const Problem& problem : problems) std::cerr << problem << "\n";
    if (problems.empty()) {
      Complain(kCommand, std::string(config.status().message()));
    }
    return kBadUsage;
  }
  ExitCode code = kOk;
  for (const AdminAddress& address : *addresses) {
    if (UpdateOne(address, *config, options, kCommand) != kOk) code = kProblem;
  }
  return code;
}

}  // namespace

Run DeclareConfig(CLI::App& tool) {
  const auto options = std::make_shared<Options>();
  CLI::App* const config = tool.add_subcommand(
      "config", "Read or replace the config of a running process.");
  config->require_subcommand(1);
  config->footer(
      "Example:\n"
      "  fusebox config get --admin localhost:9090 > breakers.json\n"
      "  fusebox config update breakers.json --admin localhost:9090\n"
      "\n"
      "Exit codes: 0 success; 1 a process refused or did not answer; 2 bad\n"
      "usage or input. fusebox config get --help says more.\n");

  CLI::App* const get =
      config->add_subcommand("get", "Print the config that is in force.");
  AddAdmin(get, options.get());
  get->footer(kGetFooter);

  CLI::App* const update =
      config->add_subcommand("update", "Replace the config that is in force.");
  update
      ->add_option("FILE", options->file, "A .json, .textproto or .txtpb file")
      ->required()
      ->option_text(" ");
  update
      ->add_option("--generation", options->generation,
                   "The generation to replace (default: the current one)")
      ->check(IsNoNumber, "")
      ->option_text("N");
  AddAdmin(update, options.get());
  update->footer(kUpdateFooter);
  return [options, get] {
    return get->parsed() ? Get(*options) : Update(*options);
  };
}

}  // namespace fusebox::tool
