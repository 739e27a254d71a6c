// reset.cc: fusebox reset PATTERN

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "tools/admin/ask.h"
#include "tools/fusebox/admin_options.h"
#include "tools/fusebox/command.h"
#include "tools/text/breaker_text.h"
#include "tools/text/json_text.h"

namespace fusebox::tool {
namespace {

constexpr char kCommand[] = "reset";

constexpr char kFooter[] =
    R"(Clears the window, the run of failures and the run of openings. Modes and totals
stay.

Exit codes: 0 success; 1 a process refused, had no such breaker or did not
answer; 2 bad usage.

Example:
  fusebox reset /shop.v1.Cart/Checkout --admin localhost:9090
  fusebox reset '*' --state open
)";

ExitCode Reset(const AdminOptions& options) {
  const auto addresses = AddressesOf(options, kCommand);
  if (!addresses) return kBadUsage;
  v1::ResetBreakersRequest request;
  *request.mutable_filter() = FilterOf(options);
  if (IsAll(request.filter())) request.mutable_filter()->Clear();
  ExitCode code = kOk;
  for (const auto& answer :
       AskAll(*addresses, &v1::BreakerAdmin::Stub::ResetBreakers, request)) {
    const std::string& process = answer.address.text;
    if (!answer.status.ok()) {
      Complain(kCommand, process + ": " + StatusText(answer.status));
      code = kProblem;
    }
    for (const v1::Breaker& breaker : answer.response.breakers()) {
      if (options.json) {
        std::cout << JsonLine(process, breaker);
      } else {
        std::cout << (addresses->size() == 1 ? "" : process + ": ")
                  << NameText(breaker.name()) << ": "
                  << StateText(breaker.state()) << "\n";
      }
    }
  }
  return code;
}

}  // namespace

Run DeclareReset(CLI::App& tool) {
  const auto options = std::make_shared<AdminOptions>();
  CLI::App* const reset =
      tool.add_subcommand(kCommand, "Close circuits and forget their past.");
  AddNames(reset, options.get(), Pattern::kRequired);
  AddStates(reset, options.get());
  AddAdmin(reset, options.get());
  AddJson(reset, options.get());
  reset->footer(std::string(kAdminFooter) + "\n" + kFooter);
  return [options] { return Reset(*options); };
}

}  // namespace fusebox::tool
