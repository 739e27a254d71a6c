// config_parser.h: configs from text.
//
//   auto registry =
//       fusebox::Registry::Create(fusebox::LoadConfigFile("breakers.json"))
//           .value();
//
// What can be written is said in docs/configuration.md. A text is taken whole
// or not at all: anything wrong with it is an error, and the error holds every
// problem that can be found, with its place, its value and what would be right.

#ifndef FUSEBOX_CONFIG_CONFIG_PARSER_H_
#define FUSEBOX_CONFIG_CONFIG_PARSER_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/base/problem.h"
#include "fusebox/core/settings.h"
#include "fusebox/policy/config.h"

namespace fusebox {

// A text that is longer is refused.
inline constexpr size_t kMaxConfigBytes = 16 << 20;

// Errors: INVALID_ARGUMENT with every problem on one line; where `problems` is
// given they stand there too, one by one. Paths are as written, in
// lowerCamelCase: "methodPolicy[0].policy.failureRate.threshold"; a line and a
// column where the text is no JSON.
FUSEBOX_EXPORT absl::StatusOr<Config> ParseConfigJson(
    std::string_view text, Problems* problems = nullptr);

// The same with the paths of textproto: "default_policy.open_duration".
FUSEBOX_EXPORT absl::StatusOr<Config> ParseConfigTextproto(
    std::string_view text, Problems* problems = nullptr);

// Reads a file whose name ends in .json, .textproto or .txtpb. Errors: as above
// with the file's name; and, with no problems, INVALID_ARGUMENT for another
// ending and what the system says (NOT_FOUND, ...) where it cannot be read.
FUSEBOX_EXPORT absl::StatusOr<Config> LoadConfigFile(
    const std::string& path, Problems* problems = nullptr);

// Every field of every policy, as JSON that ParseConfigJson() reads back equal.
// REQUIRES: `config.Validate()` finds no problem.
FUSEBOX_EXPORT std::string ConfigToJson(const Config& config);

}  // namespace fusebox

#endif  // FUSEBOX_CONFIG_CONFIG_PARSER_H_
