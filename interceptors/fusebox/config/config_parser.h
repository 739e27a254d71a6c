// config_parser.h: reads configs from text, writes them, and compares them.
//
//   auto registry =
//       fusebox::Registry::Create(fusebox::LoadConfigFile("breakers.json"));
//   if (!registry.ok()) return registry.status();
//
// A text is JSON or textproto, in UTF-8 with or without a byte order mark;
// docs/configuration.md describes every field. A text with any problem is
// refused whole. The error then contains every problem that can be found, each
// with the path of the field, its value and what it must be:
//
//   defaultPolicy.openDuration: must be greater than 0s, is -1s
//
// All functions are thread-safe.

#ifndef FUSEBOX_CONFIG_CONFIG_PARSER_H_
#define FUSEBOX_CONFIG_CONFIG_PARSER_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/base/problem.h"
#include "fusebox/policy/config.h"

namespace fusebox {

// The maximum length of a text.
inline constexpr size_t kMaxConfigBytes = 16 << 20;

// Reads JSON. Returns INVALID_ARGUMENT with every problem on one line if there
// is any. Sets `*problems`, if given, to the problems. Their paths are in
// lowerCamelCase, "methodPolicy[0].policy.failureRate.threshold"; if the text
// is not JSON, the path is a line and a column.
FUSEBOX_EXPORT absl::StatusOr<Config> ParseConfigJson(
    std::string_view text, Problems* problems = nullptr);

// Reads textproto. Differs from ParseConfigJson() in the paths, which are in
// snake_case: "default_policy.open_duration".
FUSEBOX_EXPORT absl::StatusOr<Config> ParseConfigTextproto(
    std::string_view text, Problems* problems = nullptr);

// Reads a file whose name ends in .json, .textproto or .txtpb. Errors are as
// above and begin with the name of the file. If the name ends otherwise, the
// error is INVALID_ARGUMENT; if the file cannot be read, it is the system's
// (NOT_FOUND, PERMISSION_DENIED, ...). There are no problems in these two
// cases.
FUSEBOX_EXPORT absl::StatusOr<Config> LoadConfigFile(
    const std::string& path, Problems* problems = nullptr);

// Returns the config as JSON with every field of every policy.
// ParseConfigJson() reads it back equal. REQUIRES: the config is valid.
FUSEBOX_EXPORT std::string ConfigToJson(const Config& config);

// One difference between two configs.
struct ConfigChange {
  // Whose policy differs: "/shop.v1.Cart/Checkout", "/shop.v1.Cart/" for the
  // other methods of a service, or "" for all other methods.
  std::string name;

  // The field, "failureRate.threshold", and its values before and after. They
  // are written as in JSON, but texts have no quotes, and a rule that is off is
  // "off". Without a breaker, the field is "breaker" and the value is "none".
  std::string field;
  std::string before;
  std::string after;
};

// Returns "/shop.v1.Cart/Checkout: openDuration: 5s -> 30s". If there is no
// name, it begins with "defaultPolicy".
FUSEBOX_EXPORT std::string ToString(const ConfigChange& change);

// Returns what is different for calls, in the order of the names: first all
// other methods, then services and methods in the order of their bytes. Empty
// if the configs give every method an equal policy. REQUIRES: both are valid.
FUSEBOX_EXPORT std::vector<ConfigChange> CompareConfigs(const Config& before,
                                                        const Config& after);

}  // namespace fusebox

#endif  // FUSEBOX_CONFIG_CONFIG_PARSER_H_
