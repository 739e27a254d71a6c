// get.cc: fusebox get METHOD

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "tools/admin/address.h"
#include "tools/admin/ask.h"
#include "tools/fusebox/admin_options.h"
#include "tools/fusebox/command.h"
#include "tools/text/breaker_page.h"
#include "tools/text/breaker_text.h"
#include "tools/text/json_text.h"
#include "tools/text/nearest.h"
#include "tools/text/printable.h"
#include "tools/text/terminal.h"

namespace fusebox::tool {
namespace {

using Stub = v1::BreakerAdmin::Stub;

constexpr char kCommand[] = "get";

constexpr char kFooter[] =
    R"(METHOD is a full name and no pattern: "/package.Service/Method", or the service
if its methods share a breaker. --target and --key select one of several
breakers of a method.

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
ExitCode Show(const AdminAddress& address, const v1::BreakerName& name,
              const Options& options) {
  v1::GetBreakerRequest request;
  *request.mutable_name() = name;
  const auto answer = Ask(address, &Stub::GetBreaker, request);
  if (!answer.status.ok()) {
    Complain(kCommand, address.text + ": " + StatusText(answer.status));
    return kProblem;
  }
  std::cout << (options.json ? JsonLine(address.text, answer.response)
                             : BreakerPage(answer.response, StandardOutput()));
  return kOk;
}

ExitCode Get(const Options& options) {
  const auto addresses = AddressesOf(options, kCommand);
  if (!addresses) return kBadUsage;
  ExitCode code = kOk;
  bool found = false;
  std::vector<std::string> names;
  for (const auto& answer :
       AskAll(*addresses, &Stub::ListBreakers, v1::ListBreakersRequest())) {
    const std::string& process = answer.address.text;
    if (!answer.status.ok()) {
      Complain(kCommand, process + ": " + StatusText(answer.status));
      code = kProblem;
    }
    std::vector<v1::BreakerName> meant;
    for (const v1::Breaker& breaker : answer.response.breakers()) {
      names.push_back(breaker.name().method());
      if (IsMeant(breaker.name(), options)) meant.push_back(breaker.name());
    }
    if (meant.size() > 1) {
      Complain(kCommand, process + ": which one? Give --target or --key:");
      for (const v1::BreakerName& name : meant) {
        std::cerr << "  " << NameText(name) << "\n";
      }
      return kBadUsage;
    }
    if (meant.empty()) continue;
    if (addresses->size() > 1 && !options.json) {
      std::cout << (found ? "\n" : "") << process << "\n";
    }
    found = true;
    if (Show(answer.address, meant[0], options) != kOk) code = kProblem;
  }
  if (found) return code;
  if (code == kOk || !names.empty()) {
    const std::string nearest = Nearest(options.method, names);
    Complain(kCommand,
             "no breaker in use is named \"" + Printable(options.method) +
                 "\"" +
                 (nearest.empty() ? "" : "; nearest: " + Printable(nearest)));
  }
  return kProblem;
}

}  // namespace

Run DeclareGet(CLI::App& tool) {
  const auto options = std::make_shared<Options>();
  CLI::App* const get = tool.add_subcommand(
      kCommand, "Show one breaker with its policy and its last events.");
  get->add_option("METHOD", options->method, "Its full name")
      ->required()
      ->option_text(" ");
  options->has_target = get->add_option("--target", options->target,
                                        "The full target of its channel")
                            ->option_text("TARGET");
  options->has_key = get->add_option("--key", options->key, "Its full key")
                         ->option_text("KEY");
  AddAdmin(get, options.get());
  AddJson(get, options.get());
  get->footer(kFooter);
  return [options] { return Get(*options); };
}

}  // namespace fusebox::tool
