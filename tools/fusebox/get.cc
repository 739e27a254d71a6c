// get.cc: fusebox get METHOD

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "fusebox/base/quoted.h"
#include "tools/admin/address.h"
#include "tools/fusebox/admin_options.h"
#include "tools/fusebox/ask.h"
#include "tools/fusebox/command.h"
#include "tools/text/breaker_page.h"
#include "tools/text/breaker_text.h"
#include "tools/text/json_text.h"
#include "tools/text/nearest.h"
#include "tools/text/terminal.h"

namespace fusebox::tool {
namespace {

using Stub = v1::BreakerAdmin::Stub;

constexpr char kFooter[] =
    R"(METHOD is a full name, not a pattern: "/package.Service/Method", or
"package.Service" if the methods of the service share a breaker. --target and
--key select one of several breakers of a method.

Exit codes: 0 success; 1 there is no such breaker, or a process did not answer;
2 bad usage, or several breakers have that name.

Example:
  fusebox get --admin localhost:9090 /shop.v1.Cart/Checkout
)";

struct Options : AdminOptions {
  CLI::Option* has_target = nullptr;
  CLI::Option* has_key = nullptr;
};

bool IsMeant(const v1::BreakerName& name, const Options& options) {
  return name.method() == options.method &&
         (options.has_target->empty() || name.target() == options.target) &&
         (options.has_key->empty() || name.key() == options.key);
}

// Prints one breaker of one process.
ExitCode Show(const AdminAddress& process, const v1::BreakerName& name,
              const Options& options) {
  v1::GetBreakerRequest request;
  *request.mutable_name() = name;
  v1::GetBreakerResponse response;
  const grpc::Status status =
      Ask(process, &Stub::GetBreaker, request, &response);
  if (!status.ok()) return Complain(options, process, status);
  std::cout << (options.json ? JsonLine(process.text, response)
                             : BreakerPage(response, StandardOutput()));
  return kOk;
}

ExitCode Get(const Options& options) {
  ExitCode shown = kOk;
  bool found = false;
  std::vector<std::string> names;
  const auto show = [&](const AdminAddress& process,
                        const v1::ListBreakersResponse& response) {
    std::vector<v1::BreakerName> meant;
    for (const v1::Breaker& breaker : response.breakers()) {
      names.push_back(breaker.name().method());
      if (IsMeant(breaker.name(), options)) meant.push_back(breaker.name());
    }
    if (meant.empty()) return;
    if (meant.size() > 1) {
      Complain(options.command,
               process.text + ": " + std::to_string(meant.size()) +
                   " breakers have this name. Select one with --target or "
                   "--key:");
      for (const v1::BreakerName& name : meant) {
        std::cerr << "  " << NameText(name) << "\n";
      }
      shown = kBadUsage;
    } else {
      if (options.processes.size() > 1 && !options.json) {
        std::cout << (found ? "\n" : "") << process.text << "\n";
      }
      shown = std::max(shown, Show(process, meant[0], options));
    }
    found = true;
  };
  const ExitCode code =
      AskAll(options, &Stub::ListBreakers, v1::ListBreakersRequest(), show);
  if (found) return std::max(code, shown);
  if (code == kOk || !names.empty()) {
    const std::string nearest = Nearest(options.method, names);
    Complain(
        options.command,
        "no breaker in use is named " + Quoted(options.method) +
            (nearest.empty() ? ""
                             : "; the nearest name is " + Quoted(nearest)));
  }
  return kProblem;
}

}  // namespace

Run DeclareGet(CLI::App& tool) {
  const auto options = std::make_shared<Options>();
  CLI::App* const get = tool.add_subcommand(
      "get", "Show one breaker with its policy and its last events.");
  get->add_option("METHOD", options->method, "The full name of the breaker")
      ->required()
      ->option_text(" ");
  options->has_target = get->add_option("--target", options->target,
                                        "The full target of its channel")
                            ->option_text("TARGET");
  options->has_key = get->add_option("--key", options->key, "Its full key")
                         ->option_text("KEY");
  AddJson(get, options.get());
  get->footer(kFooter);
  return OnProcesses(get, options, Get);
}

}  // namespace fusebox::tool
