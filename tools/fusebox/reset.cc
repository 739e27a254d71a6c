// reset.cc: fusebox reset PATTERN

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "tools/fusebox/admin_options.h"
#include "tools/fusebox/ask.h"
#include "tools/fusebox/command.h"
#include "tools/text/breaker_text.h"
#include "tools/text/json_text.h"

namespace fusebox::tool {
namespace {

constexpr char kResetFooter[] =
    R"(Clears the window, the run of failures and the run of openings. Keeps modes and
totals.

Exit codes: 0 success; 1 a process refused, had no such breaker or did not
answer; 2 bad usage.

Example:
  fusebox reset /shop.v1.Cart/Checkout --admin localhost:9090
  fusebox reset '*' --state open
)";

ExitCode Reset(const AdminOptions& options) {
  v1::ResetBreakersRequest request;
  *request.mutable_filter() = FilterToChange(options);
  return AskAll(options, &v1::BreakerAdmin::Stub::ResetBreakers, request,
                [&](const AdminAddress& process,
                    const v1::ResetBreakersResponse& response) {
                  for (const v1::Breaker& breaker : response.breakers()) {
                    std::cout << (options.json
                                      ? JsonLine(process.text, breaker)
                                      : options.PrefixOf(process) +
                                            NameText(breaker.name()) + ": " +
                                            StateText(breaker.state()) + "\n");
                  }
                });
}

}  // namespace

Run DeclareReset(CLI::App& tool) {
  const auto options = std::make_shared<AdminOptions>();
  CLI::App* const reset =
      tool.add_subcommand("reset", "Close circuits and clear their history.");
  AddNames(reset, options.get(), Pattern::kRequired);
  AddStates(reset, options.get());
  AddJson(reset, options.get());
  reset->footer(std::string(kAdminFooter) + kResetFooter);
  return OnProcesses(reset, options, Reset);
}

}  // namespace fusebox::tool
