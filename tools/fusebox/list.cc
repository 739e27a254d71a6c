// list.cc: fusebox list [PATTERN]

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "tools/admin/address.h"
#include "tools/admin/ask.h"
#include "tools/fusebox/admin_options.h"
#include "tools/fusebox/command.h"
#include "tools/text/breaker_text.h"
#include "tools/text/json_text.h"
#include "tools/text/table.h"
#include "tools/text/terminal.h"

namespace fusebox::tool {
namespace {

constexpr char kCommand[] = "list";

constexpr char kFooter[] =
    R"(FOR is the time since the breaker entered its state. In MODE, "*" marks a mode
that an operator set. FAILURES shows what the rules count, with their
thresholds.

Exit codes: 0 success; 1 a process did not answer or, with --troubled, there is
a breaker in trouble; 2 bad usage.

Example:
  fusebox list --admin localhost:9090 '/shop.v1.*'
  fusebox list --admin unix:/run/shop.sock --troubled || page-someone
  fusebox list --json --state open | jq -r .name.method
)";

ExitCode List(const AdminOptions& options) {
  const auto addresses = AddressesOf(options, kCommand);
  if (!addresses) return kBadUsage;
  v1::ListBreakersRequest request;
  *request.mutable_filter() = FilterOf(options);
  const auto answers =
      AskAll(*addresses, &v1::BreakerAdmin::Stub::ListBreakers, request);

  ExitCode code = kOk;
  Table table(BreakerColumns());
  for (const auto& answer : answers) {
    const std::string& process = answer.address.text;
    if (!answer.status.ok()) {
      code = kProblem;
      Complain(kCommand, process + ": " + StatusText(answer.status));
    }
    for (const v1::Breaker& breaker : answer.response.breakers()) {
      if (options.troubled) code = kProblem;
      if (options.json) {
        std::cout << JsonLine(process, breaker);
      } else {
        table.Add(BreakerRow(addresses->size() == 1 ? "" : process, breaker,
                             Duration(0)));
      }
    }
  }
  if (options.json || table.empty()) return code;
  for (const std::string& line : table.Lines(StandardOutput())) {
    std::cout << line << "\n";
  }
  return code;
}

}  // namespace

Run DeclareList(CLI::App& tool) {
  const auto options = std::make_shared<AdminOptions>();
  CLI::App* const list =
      tool.add_subcommand(kCommand, "Show the breakers of running processes.");
  AddNames(list, options.get(), Pattern::kOptional);
  AddStates(list, options.get());
  AddAdmin(list, options.get());
  AddJson(list, options.get());
  list->footer(std::string(kAdminFooter) + "\n" + kFooter);
  return [options] { return List(*options); };
}

}  // namespace fusebox::tool
