// mode.cc: fusebox mode MODE PATTERN

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/text.h"
#include "fusebox/registry/breaker_name.h"
#include "tools/admin/address.h"
#include "tools/admin/name_of.h"
#include "tools/fusebox/admin_options.h"
#include "tools/fusebox/ask.h"
#include "tools/fusebox/command.h"
#include "tools/text/breaker_text.h"
#include "tools/text/json_text.h"
#include "tools/text/time_text.h"

namespace fusebox::tool {
namespace {

using Stub = v1::BreakerAdmin::Stub;
using Mode = std::optional<v1::Policy::Mode>;  // nullopt means clear

constexpr char kModeFooter[] =
    R"(MODE is one of:
  enforce               the breaker rejects calls as its policy says
  dry-run               calls pass, and those it would have rejected are counted
  open, forced-open     every call is rejected
  closed, disabled      every call passes
  clear                 the mode of the config applies again
The mode overrides the config until you clear it, the time of --for is over, or
the process ends.

Exit codes: 0 the mode is set; 1 a process refused, had no such breaker or did
not answer; 2 bad usage.

Example:
  fusebox mode open '/shop.v1.Cart/*' --for 10m --admin localhost:9090
  fusebox mode clear '*'
)";

const std::map<std::string, Mode>& Modes() {
  static const auto& modes = *new std::map<std::string, Mode>{
      {"enforce", v1::Policy::ENFORCE},
      {"dry-run", v1::Policy::DRY_RUN},
      {"dry_run", v1::Policy::DRY_RUN},
      {"disabled", v1::Policy::DISABLED},
      {"closed", v1::Policy::DISABLED},
      {"open", v1::Policy::FORCED_OPEN},
      {"forced-open", v1::Policy::FORCED_OPEN},
      {"forced_open", v1::Policy::FORCED_OPEN},
      {"clear", std::nullopt},
  };
  return modes;
}

struct ModeOptions : AdminOptions {
  std::string mode;
  std::optional<std::string> time_limit;
};

std::optional<v1::SetModeRequest> RequestOf(const ModeOptions& options) {
  constexpr std::chrono::hours kMax{30 * 24};
  v1::SetModeRequest request;
  *request.mutable_filter() = FilterToChange(options);
  const Mode mode = Modes().at(absl::AsciiStrToLower(options.mode));
  if (mode) request.set_mode(*mode);
  if (!options.time_limit) return request;
  const auto refuse = [&](const std::string& problem) {
    Complain(options.command, "--for: " + problem);
    return std::nullopt;
  };
  if (!mode) return refuse("must be left out if the mode is clear");
  const auto limit = ParseDurationWords(*options.time_limit);
  if (!limit.ok()) return refuse(std::string(limit.status().message()));
  if (*limit <= Duration(0) || *limit > kMax) {
    return refuse("must be more than 0 and at most 30d, is " +
                  *options.time_limit);
  }
  *request.mutable_time_limit() = FromDuration(*limit);
  return request;
}

// The modes of breakers before the change.
using Before = std::map<BreakerName, std::string>;

// Returns "/s/M: ENFORCE -> FORCED_OPEN*, 10m left".
std::string ChangeText(const v1::Breaker& breaker, const Before& before) {
  const std::string now = ModeText(breaker, Duration(0));
  std::string text = NameText(breaker.name()) + ": ";
  const auto was = before.find(NameOf(breaker.name()));
  if (was == before.end()) return text + now;
  if (was->second == now) return text + now + " as before";
  return text + was->second + " -> " + now;
}

ExitCode SetOne(const AdminAddress& process, const v1::SetModeRequest& request,
                const ModeOptions& options) {
  v1::ListBreakersRequest list;
  *list.mutable_filter() = request.filter();
  v1::ListBreakersResponse old;
  (void)Ask(process, &Stub::ListBreakers, list, &old);
  Before before;
  for (const v1::Breaker& breaker : old.breakers()) {
    before[NameOf(breaker.name())] = ModeText(breaker, Duration(0));
  }
  v1::SetModeResponse response;
  const grpc::Status status = Ask(process, &Stub::SetMode, request, &response);
  if (!status.ok()) return Complain(options, process, status);
  for (const v1::Breaker& breaker : response.breakers()) {
    std::cout << (options.json ? JsonLine(process.text, breaker)
                               : options.PrefixOf(process) +
                                     ChangeText(breaker, before) + "\n");
  }
  return kOk;
}

ExitCode SetMode(const ModeOptions& options) {
  const auto request = RequestOf(options);
  if (!request) return kBadUsage;
  ExitCode code = kOk;
  for (const AdminAddress& process : options.processes) {
    code = std::max(code, SetOne(process, *request, options));
  }
  return code;
}

std::string IsNoMode(const std::string& word) {
  if (Modes().count(absl::AsciiStrToLower(word)) != 0) return "";
  return "must be enforce, dry-run, disabled, closed, open, forced-open or "
         "clear, is " +
         Quoted(word);
}

}  // namespace

Run DeclareMode(CLI::App& tool) {
  const auto options = std::make_shared<ModeOptions>();
  CLI::App* const mode =
      tool.add_subcommand("mode", "Set the mode of breakers, or clear it.");
  mode->add_option("MODE", options->mode,
                   "enforce, dry-run, open, closed or clear")
      ->required()
      ->check(IsNoMode, "")
      ->option_text(" ");
  AddNames(mode, options.get(), Pattern::kRequired);
  AddStates(mode, options.get());
  mode->add_option("--for", options->time_limit,
                   "How long the mode lasts, at most 30d: 10m, 1h30m, 90s "
                   "(default: until it is cleared)")
      ->option_text("DURATION");
  AddJson(mode, options.get());
  mode->footer(std::string(kAdminFooter) + kModeFooter);
  return OnProcesses(mode, options, SetMode);
}

}  // namespace fusebox::tool
