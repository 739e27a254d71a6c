// mode.cc: fusebox mode MODE PATTERN

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/text.h"
#include "fusebox/registry/breaker_name.h"
#include "tools/admin/address.h"
#include "tools/admin/ask.h"
#include "tools/admin/name_of.h"
#include "tools/fusebox/admin_options.h"
#include "tools/fusebox/command.h"
#include "tools/text/breaker_text.h"
#include "tools/text/json_text.h"
#include "tools/text/time_text.h"

namespace fusebox::tool {
namespace {

using Stub = v1::BreakerAdmin::Stub;
using Mode = std::optional<v1::Policy::Mode>;  // nothing means clear

constexpr char kCommand[] = "mode";

constexpr char kFooter[] =
    R"(MODE is enforce, dry-run (calls pass, and would-be rejections are counted), open
or forced-open (every call is rejected), closed or disabled (every call passes),
or clear (return to the mode of the config). The mode overrides the config until
it is cleared, --for has passed, or the process ends.

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

struct Options : AdminOptions {
  std::string mode;
  std::optional<std::string> time_limit;
};

std::optional<v1::SetModeRequest> RequestOf(const Options& options) {
  constexpr std::chrono::hours kMax{30 * 24};
  v1::SetModeRequest request;
  *request.mutable_filter() = FilterOf(options);
  if (IsAll(request.filter())) request.mutable_filter()->Clear();
  const Mode mode = Modes().at(CLI::detail::to_lower(options.mode));
  if (mode) request.set_mode(*mode);
  if (!options.time_limit) return request;
  if (!mode) {
    Complain(kCommand, "--for: what is cleared has no time limit");
    return std::nullopt;
  }
  const auto limit = ParseDurationWords(*options.time_limit);
  if (!limit.ok()) {
    Complain(kCommand, "--for: " + std::string(limit.status().message()));
    return std::nullopt;
  }
  if (*limit <= Duration(0) || *limit > kMax) {
    Complain(kCommand, "--for: must be more than 0 and at most 30d, is " +
                           *options.time_limit);
    return std::nullopt;
  }
  *request.mutable_time_limit() = FromDuration(*limit);
  return request;
}

// The earlier modes of breakers.
using Before = std::map<BreakerName, std::string>;

// "/s/M: ENFORCE -> FORCED_OPEN*, 10m left"
std::string ChangeText(const v1::Breaker& breaker, const Before& before) {
  const std::string now = ModeText(breaker, Duration(0));
  std::string text = NameText(breaker.name()) + ": ";
  const auto was = before.find(NameOf(breaker.name()));
  if (was == before.end()) return text + now;
  if (was->second == now) return text + now + " as before";
  return text + was->second + " -> " + now;
}

ExitCode SetOne(const AdminAddress& address, const v1::SetModeRequest& request,
                const Options& options, bool alone) {
  v1::ListBreakersRequest list;
  *list.mutable_filter() = request.filter();
  const auto old = Ask(address, &Stub::ListBreakers, list);
  Before before;
  for (const v1::Breaker& breaker : old.response.breakers()) {
    before[NameOf(breaker.name())] = ModeText(breaker, Duration(0));
  }
  const auto answer = Ask(address, &Stub::SetMode, request);
  if (!answer.status.ok()) {
    Complain(kCommand, address.text + ": " + StatusText(answer.status));
    return kProblem;
  }
  for (const v1::Breaker& breaker : answer.response.breakers()) {
    if (options.json) {
      std::cout << JsonLine(address.text, breaker);
    } else {
      std::cout << (alone ? "" : address.text + ": ")
                << ChangeText(breaker, before) << "\n";
    }
  }
  return kOk;
}

ExitCode SetMode(const Options& options) {
  const auto request = RequestOf(options);
  if (!request) return kBadUsage;
  const auto addresses = AddressesOf(options, kCommand);
  if (!addresses) return kBadUsage;
  ExitCode code = kOk;
  for (const AdminAddress& address : *addresses) {
    if (SetOne(address, *request, options, addresses->size() == 1) != kOk) {
      code = kProblem;
    }
  }
  return code;
}

std::string IsNoMode(const std::string& word) {
  if (Modes().count(CLI::detail::to_lower(word)) != 0) return "";
  return "must be enforce, dry-run, disabled, closed, open, forced-open or "
         "clear, is " +
         Quoted(word);
}

}  // namespace

Run DeclareMode(CLI::App& tool) {
  const auto options = std::make_shared<Options>();
  CLI::App* const mode =
      tool.add_subcommand(kCommand, "Set the mode of breakers, or clear it.");
  mode->add_option("MODE", options->mode,
                   "enforce, dry-run, open, closed or clear")
      ->required()
      ->check(IsNoMode, "")
      ->option_text(" ");
  AddNames(mode, options.get(), Pattern::kRequired);
  AddStates(mode, options.get());
  mode->add_option("--for", options->time_limit,
                   "How long, up to 30d (default: for ever): 10m, 1h30m, 90s")
      ->option_text("DURATION");
  AddAdmin(mode, options.get());
  AddJson(mode, options.get());
  mode->footer(std::string(kAdminFooter) + "\n" + kFooter);
  return [options] { return SetMode(*options); };
}

}  // namespace fusebox::tool
