// list.cc: fusebox list [PATTERN]

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/base/text.h"
#include "tools/admin/address.h"
#include "tools/admin/process_names.h"
#include "tools/fusebox/admin_options.h"
#include "tools/fusebox/ask.h"
#include "tools/fusebox/command.h"
#include "tools/text/breaker_text.h"
#include "tools/text/json_text.h"
#include "tools/text/terminal.h"

namespace fusebox::tool {
namespace {

constexpr char kListFooter[] =
    R"(FOR shows the time since the circuit left CLOSED or, if it is CLOSED, since it
closed. In MODE, "*" marks a mode that an operator set. FAILURES shows what the
rules count, with their thresholds. WHY says what opened the circuit first, and
what opened it again. On a narrow terminal it has a line of its own.

Exit codes: 0 success; 1 a process did not answer, or no breaker matches; 2 bad
usage. With --troubled: 0 nothing is in trouble; 1 a breaker was listed; 3 none was
listed, but a process did not answer.

Example:
  fusebox list --admin localhost:9090 '/shop.v1.*'
  fusebox list --admin unix:/run/shop.sock --troubled || page-someone
  fusebox list --json --state open | jq -r .name.method
)";

// Returns what the user asked for: "/shop.v1.*" --target "s*"
std::string NamesText(const AdminOptions& options) {
  std::string text;
  const auto add = [&](const char* option, const std::string& value) {
    if (value.empty()) return;
    text += (text.empty() ? "" : " ") + std::string(option) + Quoted(value);
  };
  add("", options.method);
  add("--target ", options.target);
  add("--key ", options.key);
  return text;
}

ExitCode List(const AdminOptions& options) {
  v1::ListBreakersRequest request;
  *request.mutable_filter() = FilterOf(options);
  const bool several = options.processes.size() > 1;
  bool any = false;
  std::vector<std::pair<AdminAddress, v1::ListBreakersResponse>> responses;
  ProcessNames names;
  const ExitCode code =
      AskAll(options, &v1::BreakerAdmin::Stub::ListBreakers, request,
             [&](const AdminAddress& process,
                 const v1::ListBreakersResponse& response) {
               names.Add(response.process());
               responses.emplace_back(process, response);
             });
  BreakerTable table(StandardOutput());
  for (const auto& [process, response] : responses) {
    const std::string name =
        several ? names.Of(process, response.process()) : "";
    for (const v1::Breaker& breaker : response.breakers()) {
      any = true;
      if (options.json) {
        std::cout << JsonLine(process.text, breaker);
      } else {
        table.Add(name, breaker, Duration(0));
      }
    }
  }
  if (!table.empty()) {
    for (const std::string& line : table.Lines()) std::cout << line << "\n";
  }
  if (options.troubled) return any ? kProblem : code == kOk ? kOk : kUnknown;
  const bool by_name = !options.method.empty() || !options.target.empty() ||
                       !options.key.empty();
  if (any || !by_name || !options.state.empty() || code != kOk) return code;
  Complain(options.command, "no breaker matches " + NamesText(options));
  return kProblem;
}

}  // namespace

Run DeclareList(CLI::App& tool) {
  const auto options = std::make_shared<AdminOptions>();
  CLI::App* const list =
      tool.add_subcommand("list", "Show the breakers of running processes.");
  AddNames(list, options.get(), Pattern::kOptional);
  AddStates(list, options.get());
  AddJson(list, options.get());
  list->footer(std::string(kAdminFooter) + kListFooter);
  return OnProcesses(list, options, List);
}

}  // namespace fusebox::tool
