// check.cc: fusebox check CONFIG

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "fusebox/base/problem.h"
#include "fusebox/config/config_parser.h"
#include "fusebox/policy/config.h"
#include "tools/fusebox/command.h"
#include "tools/fusebox/config_input.h"
#include "tools/fusebox/policy_table_text.h"
#include "tools/text/printable.h"

namespace fusebox::tool {
namespace {

constexpr char kCheckFooter[] =
    R"(Prints each problem as one line on standard error, "path: message". In the
output, "*" marks fields that differ from the default policy.
docs/configuration.md describes every field.

Exit codes: 0 the config is valid; 1 it has problems; 2 bad usage, or the config
cannot be read.

Example:
  fusebox check breakers.json
  fusebox check --json breakers.json | jq '.methodPolicy[].name'
  make-config | fusebox check -
)";

struct CheckOptions {
  ConfigInput config;
  bool json = false;
};

ExitCode Check(const CheckOptions& options) {
  Problems problems;
  const absl::StatusOr<Config> config = ReadConfig(options.config, &problems);
  if (config.ok()) {
    std::cout << (options.json
                      ? PrintableJson(ConfigToJson(WithEffectiveCodes(*config)))
                      : PolicyTableText(*config));
    return kOk;
  }
  Complain("check", problems, config.status());
  return problems.empty() ? kBadUsage : kProblem;
}

}  // namespace

Run DeclareCheck(CLI::App& tool) {
  const auto options = std::make_shared<CheckOptions>();
  CLI::App* const check = tool.add_subcommand(
      "check", "Validate a config and print the policy of each entry.");
  AddConfigInput(check, "CONFIG", &options->config)->option_text(" ");
  check->add_flag("--json", options->json,
                  "Print the policies as a config in JSON with every field");
  check->footer(kCheckFooter);
  return [options] { return Check(*options); };
}

}  // namespace fusebox::tool
