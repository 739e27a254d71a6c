// config_input.h: the config that a command line names.

#ifndef FUSEBOX_TOOLS_FUSEBOX_CONFIG_INPUT_H_
#define FUSEBOX_TOOLS_FUSEBOX_CONFIG_INPUT_H_

#include <CLI/CLI.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "fusebox/base/problem.h"
#include "fusebox/policy/config.h"

namespace fusebox::tool {

struct ConfigInput {
  std::string path;    // "-" is standard input
  std::string format;  // "json", "textproto", or empty for that of the path
};

// Adds the argument or option `name`, which is required, and --format.
CLI::Option* AddConfigInput(CLI::App* command, const std::string& name,
                            ConfigInput* input);

// Reads the config. If it is wrong, returns an error and sets `problems`. If it
// cannot be read, returns an error and leaves `problems` empty.
absl::StatusOr<Config> ReadConfig(const ConfigInput& input, Problems* problems);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_FUSEBOX_CONFIG_INPUT_H_
