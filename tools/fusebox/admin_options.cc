#include "tools/fusebox/admin_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "fusebox/base/text.h"
#include "tools/admin/connection.h"
#include "tools/admin/expand.h"
#include "tools/admin/reach.h"

namespace fusebox::tool {
namespace {

// Returns nothing if there is no such state.
std::optional<v1::State> ToState(const std::string& word) {
  std::string name = absl::AsciiStrToUpper(word);
  std::replace(name.begin(), name.end(), '-', '_');
  v1::State state;
  if (!v1::State_Parse(name, &state) || state == v1::STATE_UNSPECIFIED) {
    return std::nullopt;
  }
  return state;
}

// Returns why the text is not a pattern, or an empty string. A process refuses
// a pattern that is too long. An empty one would match everything, but it may
// come from a variable of a script that is empty by mistake.
std::string IsNoPattern(const std::string& pattern) {
  constexpr size_t kMaxBytes = 1024;
  if (pattern.empty()) return "must not be empty; '*' matches everything";
  if (pattern.size() <= kMaxBytes) return "";
  return "must have at most 1024 bytes, has " + std::to_string(pattern.size());
}

std::string IsNoState(const std::string& word) {
  if (ToState(word)) return "";
  return "must be closed, open or half-open, is " + Quoted(word);
}

// The options of this group are those of the connection.
constexpr char kConnection[] = "Connection";

void AddReach(CLI::App* command, ReachOptions* options) {
  const auto add = [&](const char* name, auto* value, const char* type,
                       const char* help) {
    command->add_option(name, *value, help)
        ->option_text(type)
        ->group(kConnection);
  };
  command
      ->add_flag_function(
          "--tls", [options](int64_t times) { options->tls = times >= 0; },
          "Use TLS, with the roots of this system (default: FUSEBOX_TLS=1). "
          "--ca, --cert and --server-name imply it")
      ->group(kConnection);
  add("--ca", &options->ca, "FILE",
      "Trust only the root certificates in this PEM file (default: "
      "$FUSEBOX_CA)");
  add("--cert", &options->cert, "FILE",
      "Show this client certificate, a PEM file (default: $FUSEBOX_CERT)");
  add("--cert-key", &options->cert_key, "FILE",
      "The private key of --cert, a PEM file; --key is something else "
      "(default: $FUSEBOX_CERT_KEY)");
  add("--server-name", &options->server_name, "NAME",
      "The name to look for in the certificate of the process, instead of that "
      "in its address (default: $FUSEBOX_SERVER_NAME)");
  command
      ->add_option("-H,--header", options->headers,
                   "Send this metadata with every call, or the lines of @FILE; "
                   "may be repeated (default: the lines of $FUSEBOX_HEADERS)")
      ->allow_extra_args(false)
      ->option_text("'NAME: VALUE'")
      ->group(kConnection);
}

}  // namespace

void AddAdmin(CLI::App* command, AdminOptions* options) {
  command
      ->add_option("--admin", options->admin,
                   "The process to talk to, HOST:PORT or unix:PATH, or a "
                   "pattern of sockets; may be repeated (default: "
                   "$FUSEBOX_ADMIN)")
      ->allow_extra_args(false)
      ->option_text("ADDRESS")
      ->group(kConnection);
  AddReach(command, &options->reach);
}

void AddJson(CLI::App* command, AdminOptions* options) {
  command->add_flag("--json", options->json,
                    "Print one JSON object per line: a message of "
                    "fusebox/v1/admin.proto as proto3 JSON, and its "
                    "\"process\"");
}

void AddNames(CLI::App* command, AdminOptions* options, Pattern pattern) {
  CLI::Option* const method =
      command
          ->add_option("PATTERN", options->method,
                       pattern == Pattern::kRequired
                           ? "The methods to change; '*' matches all"
                           : "The methods to show (default: all)")
          ->check(IsNoPattern, "")
          ->option_text(" ");
  if (pattern == Pattern::kRequired) method->required();
  command
      ->add_option("--target", options->target,
                   "Select breakers whose channel target matches")
      ->check(IsNoPattern, "")
      ->option_text("PATTERN");
  command
      ->add_option("--key", options->key, "Select breakers whose key matches")
      ->check(IsNoPattern, "")
      ->option_text("PATTERN");
}

void AddStates(CLI::App* command, AdminOptions* options) {
  command
      ->add_option(
          "--state", options->state,
          "Select breakers in this state: closed, open or half-open; may be "
          "repeated")
      ->check(IsNoState, "")
      ->allow_extra_args(false)
      ->option_text("STATE");
  command->add_flag("--troubled", options->troubled,
                    "Select breakers that are not CLOSED, or whose mode an "
                    "operator set");
}

v1::BreakerFilter FilterOf(const AdminOptions& options) {
  v1::BreakerFilter filter;
  filter.set_method(options.method);
  filter.set_target(options.target);
  filter.set_key(options.key);
  for (const std::string& word : options.state) {
    filter.add_state(*ToState(word));
  }
  filter.set_troubled(options.troubled);
  return filter;
}

v1::BreakerFilter FilterToChange(const AdminOptions& options) {
  const v1::BreakerFilter filter = FilterOf(options);
  const auto any = [](const std::string& pattern) {
    return pattern.find_first_not_of('*') == std::string::npos;
  };
  const bool is_all = any(filter.method()) && any(filter.target()) &&
                      any(filter.key()) && filter.state().empty() &&
                      !filter.troubled();
  return is_all ? v1::BreakerFilter() : filter;
}

bool Resolve(const CLI::App* command, AdminOptions* options) {
  const CLI::App* const parent = command->get_parent();
  options->command =
      (parent->get_parent() == nullptr ? "" : parent->get_name() + " ") +
      command->get_name();
  absl::StatusOr<std::vector<AdminAddress>> addresses =
      AdminAddresses(options->admin, std::getenv(kAdminVariable));
  if (!addresses.ok()) {
    Complain(options->command, std::string(addresses.status().message()));
    return false;
  }
  const absl::StatusOr<std::shared_ptr<const Reach>> reach =
      ReadReach(options->reach);
  if (!reach.ok()) {
    Complain(options->command, std::string(reach.status().message()));
    return false;
  }
  for (AdminAddress& address : *addresses) address.reach = *reach;
  absl::StatusOr<std::vector<AdminAddress>> processes = Expand(*addresses);
  if (!processes.ok()) {
    Complain(options->command, std::string(processes.status().message()));
    return false;
  }
  options->processes = *std::move(processes);
  std::copy_if(addresses->begin(), addresses->end(),
               std::back_inserter(options->patterns), IsPattern);
  return true;
}

ExitCode Complain(const AdminOptions& options, const AdminAddress& process,
                  const grpc::Status& status) {
  Complain(options.command, process.text + ": " + StatusText(status));
  return kProblem;
}

}  // namespace fusebox::tool
