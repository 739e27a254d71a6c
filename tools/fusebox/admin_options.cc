#include "tools/fusebox/admin_options.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "fusebox/base/text.h"

namespace fusebox::tool {
namespace {

const std::map<std::string, v1::State>& States() {
  static const auto& states = *new std::map<std::string, v1::State>{
      {"closed", v1::CLOSED},
      {"open", v1::OPEN},
      {"half-open", v1::HALF_OPEN},
      {"half_open", v1::HALF_OPEN},
  };
  return states;
}

// Returns why the text is not a pattern, or an empty string. The process would
// refuse a pattern that is too long, and an empty one would match everything,
// although it may only be an empty variable of a script.
std::string IsNoPattern(const std::string& pattern) {
  constexpr size_t kMaxBytes = 1024;
  if (pattern.empty()) return "must not be empty; '*' matches everything";
  if (pattern.size() <= kMaxBytes) return "";
  return "must have at most 1024 bytes, has " + std::to_string(pattern.size());
}

std::string IsNoState(const std::string& word) {
  if (States().count(CLI::detail::to_lower(word)) != 0) return "";
  return "must be closed, open or half-open, is " + Quoted(word);
}

}  // namespace

void AddAdmin(CLI::App* command, AdminOptions* options) {
  command
      ->add_option("--admin", options->admin,
                   "A process, HOST:PORT or unix:PATH; may be repeated "
                   "(default: $FUSEBOX_ADMIN)")
      ->allow_extra_args(false)
      ->option_text("ADDRESS");
}

void AddJson(CLI::App* command, AdminOptions* options) {
  command->add_flag("--json", options->json,
                    "Print one JSON object per line: the proto3 JSON of "
                    "fusebox/v1/admin.proto, and \"process\"");
}

void AddNames(CLI::App* command, AdminOptions* options, Pattern pattern) {
  CLI::Option* const method =
      command
          ->add_option("PATTERN", options->method,
                       pattern == Pattern::kRequired
                           ? "Which methods; '*' means all"
                           : "Which methods (default: all)")
          ->check(IsNoPattern, "")
          ->option_text(" ");
  if (pattern == Pattern::kRequired) method->required();
  command
      ->add_option("--target", options->target,
                   "Only breakers whose channel target matches")
      ->check(IsNoPattern, "")
      ->option_text("PATTERN");
  command->add_option("--key", options->key, "Only breakers whose key matches")
      ->check(IsNoPattern, "")
      ->option_text("PATTERN");
}

void AddStates(CLI::App* command, AdminOptions* options) {
  command
      ->add_option(
          "--state", options->state,
          "Only breakers in this state: closed, open or half-open; may be "
          "repeated")
      ->check(IsNoState, "")
      ->allow_extra_args(false)
      ->option_text("STATE");
  command->add_flag("--troubled", options->troubled,
                    "Only breakers that are not CLOSED, or whose mode an "
                    "operator set");
}

std::string IsNoNumber(const std::string& text) {
  if (text.find_first_not_of("0123456789") == std::string::npos) return "";
  return "must be a whole number from 0, is " + Quoted(text);
}

v1::BreakerFilter FilterOf(const AdminOptions& options) {
  v1::BreakerFilter filter;
  filter.set_method(options.method);
  filter.set_target(options.target);
  filter.set_key(options.key);
  for (const std::string& word : options.state) {
    filter.add_state(States().at(CLI::detail::to_lower(word)));
  }
  filter.set_troubled(options.troubled);
  return filter;
}

bool IsAll(const v1::BreakerFilter& filter) {
  const auto any = [](const std::string& pattern) {
    return pattern.find_first_not_of('*') == std::string::npos;
  };
  return any(filter.method()) && any(filter.target()) && any(filter.key()) &&
         filter.state().empty() && !filter.troubled();
}

std::optional<std::vector<AdminAddress>> AddressesOf(
    const AdminOptions& options, const std::string& command) {
  absl::StatusOr<std::vector<AdminAddress>> addresses =
      AdminAddresses(options.admin, std::getenv(kAdminVariable));
  if (addresses.ok()) return *std::move(addresses);
  Complain(command, std::string(addresses.status().message()));
  return std::nullopt;
}

void Complain(const std::string& command, const std::string& problem) {
  std::cerr << "fusebox " << command << ": " << problem << "\n";
}

}  // namespace fusebox::tool
