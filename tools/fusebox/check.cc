// check.cc: fusebox check CONFIG

#include <CLI/CLI.hpp>
#include <cstddef>
#include <ios>
#include <iostream>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "fusebox/base/problem.h"
#include "fusebox/config/config_parser.h"
#include "fusebox/policy/config.h"
#include "tools/fusebox/command.h"
#include "tools/fusebox/policy_table_text.h"

namespace fusebox::tool {
namespace {

constexpr char kFooter[] =
    R"(Prints each problem as one line on standard error, "path: message". In the
output, "*" marks fields that differ from the default policy.
docs/configuration.md describes every field.

Exit codes: 0 the config is valid; 1 it has problems; 2 bad usage, or the config
cannot be read.

Example:
  fusebox check breakers.json
  fusebox check --json breakers.json | jq '.methodPolicy[].name'
)";

struct Options {
  std::string config;
  std::string format;
  bool json = false;
};

absl::StatusOr<Config> Load(const Options& options, Problems* problems) {
  if (options.config != "-") return LoadConfigFile(options.config, problems);
  // The parser reports a text that is one byte too long.
  std::string text(kMaxConfigBytes + 1, '\0');
  std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(std::cin.gcount()));
  return options.format == "textproto" ? ParseConfigTextproto(text, problems)
                                       : ParseConfigJson(text, problems);
}

ExitCode Check(const Options& options) {
  Problems problems;
  const absl::StatusOr<Config> config = Load(options, &problems);
  if (config.ok()) {
    std::cout << (options.json ? ConfigToJson(WithEffectiveCodes(*config))
                               : PolicyTableText(*config));
    return kOk;
  }
  Complain("check", problems, config.status());
  return problems.empty() ? kBadUsage : kProblem;
}

}  // namespace

Run DeclareCheck(CLI::App& tool) {
  const auto options = std::make_shared<Options>();
  CLI::App* const check = tool.add_subcommand(
      "check", "Validate a config and print the policy of each entry.");
  check
      ->add_option(
          "CONFIG", options->config,
          "A .json, .textproto or .txtpb file, or - for standard input")
      ->required();
  check
      ->add_option("--format", options->format,
                   "The format of standard input: json (default) or textproto")
      ->check(CLI::IsMember({"json", "textproto"}));
  check->add_flag("--json", options->json,
                  "Print the policies as a config in JSON with every field");
  check->footer(kFooter);
  return [options] { return Check(*options); };
}

}  // namespace fusebox::tool
