// list.cc: fusebox list [PATTERN]

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/base/text.h"
#include "tools/admin/address.h"
#include "tools/admin/process_names.h"
#include "tools/fusebox/admin_options.h"
#include "tools/fusebox/ask.h"
#include "tools/fusebox/command.h"
#include "tools/text/breaker_text.h"
#include "tools/text/json_text.h"
#include "tools/text/terminal.h"
#include "tools/text/time_text.h"

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

// One line of the list.
struct ListedBreaker {
  std::string process;
  const v1::Breaker* breaker;
};

// Puts breakers together that are in trouble for the same reason, in the order
// of the first ones.
void GroupByWhy(std::vector<ListedBreaker>* rows) {
  std::map<std::string, size_t> places;
  for (const ListedBreaker& row : *rows) {
    places.emplace(FirstWhyText(*row.breaker), places.size());
  }
  std::stable_sort(rows->begin(), rows->end(),
                   [&](const ListedBreaker& a, const ListedBreaker& b) {
                     return places.at(FirstWhyText(*a.breaker)) <
                            places.at(FirstWhyText(*b.breaker));
                   });
}

// Sums up the outages for a person at a terminal, and says what can be done.
class Trouble {
 public:
  void Add(const v1::Breaker& breaker) {
    if (!breaker.has_outage()) return;
    ++ill_;
    longest_ = std::max(longest_, ToDuration(breaker.outage().duration()));
    rejected_ += breaker.outage().rejected();
    fallbacks_ += breaker.outage().fallbacks();
  }

  // Returns an empty text if no circuit is in an outage.
  std::string Text() const {
    if (ill_ == 0) return "";
    std::string text = Count(ill_, "circuit") + " not CLOSED for up to " +
                       DurationWords(longest_) + ": " + Grouped(rejected_) +
                       " rejected";
    if (fallbacks_ > 0) text += " (" + Grouped(fallbacks_) + " got a fallback)";
    return text +
           "\nProbes close them when the backend is back. At once: fusebox "
           "reset "
           "NAME\nMore: fusebox get NAME; fusebox events --type transition "
           "--since 10m\n";
  }

 private:
  uint64_t ill_ = 0;
  Duration longest_{0};
  uint64_t rejected_ = 0;
  uint64_t fallbacks_ = 0;
};

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
  const Style style = StandardOutput();
  BreakerTable table(style);
  Trouble trouble;
  std::vector<ListedBreaker> rows;
  for (const auto& [process, response] : responses) {
    const std::string name =
        several ? names.Of(process, response.process()) : "";
    for (const v1::Breaker& breaker : response.breakers()) {
      any = true;
      trouble.Add(breaker);
      if (options.json) std::cout << JsonLine(process.text, breaker);
      rows.push_back({name, &breaker});
    }
  }
  if (table.narrow()) GroupByWhy(&rows);
  for (const ListedBreaker& row : rows) {
    if (!options.json) table.Add(row.process, *row.breaker, Duration(0));
  }
  if (!table.empty()) {
    for (const std::string& line : table.Lines()) std::cout << line << "\n";
  }
  if (style.escapes && !options.json) std::cout << trouble.Text();
  if (options.troubled && !any && code == kOk && style.escapes &&
      !options.json) {
    std::cout << "nothing is in trouble\n";
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
