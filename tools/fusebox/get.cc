// get.cc: fusebox get METHOD

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/base/text.h"
#include "google/protobuf/map.h"
#include "tools/admin/address.h"
#include "tools/fusebox/admin_options.h"
#include "tools/fusebox/ask.h"
#include "tools/fusebox/command.h"
#include "tools/fusebox/policy_table_text.h"
#include "tools/text/breaker_text.h"
#include "tools/text/json_text.h"
#include "tools/text/nearest.h"
#include "tools/text/printable.h"
#include "tools/text/rejection_sums.h"
#include "tools/text/terminal.h"
#include "tools/text/time_text.h"

namespace fusebox::tool {
namespace {

using Stub = v1::BreakerAdmin::Stub;

constexpr char kGetFooter[] =
    R"(METHOD is a full name, not a pattern: "/package.Service/Method", or
"package.Service" if the methods of the service share a breaker. --target and
--key select one of several breakers of a method.

Exit codes: 0 success; 1 there is no such breaker, or a process did not answer;
2 bad usage, or several breakers have that name.

Example:
  fusebox get --admin localhost:9090 /shop.v1.Cart/Checkout
)";

struct GetOptions : AdminOptions {
  CLI::Option* has_target = nullptr;
  CLI::Option* has_key = nullptr;
};

bool IsMeant(const v1::BreakerName& name, const GetOptions& options) {
  return name.method() == options.method &&
         (options.has_target->empty() || name.target() == options.target) &&
         (options.has_key->empty() || name.key() == options.key);
}

// Returns "120: OPEN 118, PROBES_BUSY 2", or "0".
std::string CountsText(
    const google::protobuf::Map<std::string, uint64_t>& counts) {
  std::vector<std::string> parts;
  uint64_t sum = 0;
  for (const auto& [reason, count] : counts) {
    parts.push_back(Printable(reason) + " " + Grouped(count));
    sum += count;
  }
  std::sort(parts.begin(), parts.end());
  return Grouped(sum) + (parts.empty() ? "" : ": ") +
         absl::StrJoin(parts, ", ");
}

// Returns "5,220 calls rejected, 12 answered by a fallback".
std::string CostText(const v1::Outage& outage) {
  std::string text = Count(outage.rejected(), "call") + " rejected";
  if (outage.not_enforced() > 0) {
    text += ", " + Grouped(outage.not_enforced()) + " let pass by DRY_RUN";
  }
  if (outage.fallbacks() > 0) {
    text += ", " + Grouped(outage.fallbacks()) + " answered by a fallback";
  }
  return text;
}

class Page {
 public:
  explicit Page(const Style& style) : style_(style) {}

  void Line(const std::string& text) { text_ += text + "\n"; }

  void Fact(const std::string& name, const std::string& value,
            Colour colour = Colour::kNone) {
    constexpr size_t kWidth = 14;
    if (value.empty()) return;
    Line("  " + name + std::string(kWidth - name.size(), ' ') +
         Paint(value, colour, style_));
  }

  std::string text_;

 private:
  const Style& style_;
};

void AddState(const v1::Breaker& breaker, Page* page) {
  std::string state = StateText(breaker.state());
  if (breaker.has_in_state()) {
    state += " for " + InStateText(breaker, Duration(0));
  }
  if (breaker.has_since()) state += ", since " + TimeText(breaker.since());
  if (breaker.openings() > 1) {
    state += ", opening " + std::to_string(breaker.openings()) + " in a row";
  }
  page->Fact("state", state, ColourOf(breaker.state()));
  if (breaker.has_outage()) {
    const v1::Outage& outage = breaker.outage();
    page->Fact("not CLOSED", "for " + SinceText(breaker, Duration(0)) +
                                 ", since " + TimeText(outage.since()) + ", " +
                                 Count(outage.openings(), "opening"));
    page->Fact("why", Printable(outage.cause()));
    page->Fact("last opening", Printable(outage.last_cause()));
    page->Fact("cost", CostText(outage));
  } else {
    page->Fact("why", Printable(WhyText(breaker)));
  }
  page->Fact("next probe", ProbeText(breaker, Duration(0)));
  std::string mode = ModeName(breaker.mode());
  if (breaker.has_operator_mode()) {
    mode += ", set by an operator";
    if (breaker.has_operator_mode_left()) {
      mode += ", " + DurationWords(ToDuration(breaker.operator_mode_left())) +
              " left";
    }
  }
  page->Fact("mode", mode,
             breaker.has_operator_mode() ? Colour::kYellow : Colour::kNone);
  if (breaker.has_operator_mode_age()) {
    const std::string& author = breaker.operator_mode_author();
    page->Fact("mode set",
               DurationWords(ToDuration(breaker.operator_mode_age())) + " ago" +
                   (author.empty() ? "" : " by " + Printable(author)));
  }
  page->Fact("failures", FailuresText(breaker));
}

void AddTotals(const v1::Breaker& breaker, Page* page) {
  const v1::Totals& totals = breaker.totals();
  page->Fact("calls", absl::StrCat(Grouped(totals.admitted()), " admitted: ",
                                   Grouped(totals.successes()), " successes, ",
                                   Grouped(totals.failures()), " failures, ",
                                   Grouped(totals.ignored()), " ignored, ",
                                   Grouped(totals.in_flight()), " in flight"));
  page->Fact("rejected", CountsText(totals.rejected()));
  if (!totals.not_enforced().empty()) {
    page->Fact("not enforced", CountsText(totals.not_enforced()));
  }
  std::vector<std::string> also;
  for (const auto& [count, what] :
       {std::pair(totals.abandoned(), " abandoned"),
        {totals.late(), " ended too late to count"},
        {totals.broken_streams(), " broken streams"},
        {totals.fallbacks(), " answered by a fallback"}}) {
    if (count != 0) also.push_back(absl::StrCat(Grouped(count), what));
  }
  page->Fact("also", absl::StrJoin(also, ", "));
  if (const uint32_t max = breaker.thresholds().max_concurrent_calls();
      max != 0) {
    page->Fact("bulkhead",
               absl::StrCat(breaker.concurrent_calls(), "/", max, " calls"));
  }
  if (breaker.has_open_time()) {
    page->Fact("open time",
               DurationWords(ToDuration(breaker.open_time())) + " in total");
  }
}

// Returns one line per fact: the state, the mode and the counts, then every
// field of the policy, then the last events.
// Without `details`, leaves out the policy and the events.
std::string BreakerPage(const v1::GetBreakerResponse& response,
                        const Style& style, bool details) {
  Page page(style);
  page.Line(Paint(NameText(response.breaker().name()), Colour::kBold, style));
  AddState(response.breaker(), &page);
  AddTotals(response.breaker(), &page);
  for (const std::string& name : response.similar_unused_names()) {
    page.Fact("similar name", "the config names " + Printable(name) +
                                  ", which no call has met");
  }
  if (!details) return page.text_;
  if (response.has_policy()) {
    page.Line(Paint("policy", Colour::kBold, style));
    const std::vector<FieldText> fields = FieldTexts(response.policy());
    page.text_ += FieldLines(fields, fields);
  }
  if (response.events().empty()) return page.text_;
  page.Line(Paint("events", Colour::kBold, style));
  std::vector<EventOf> events;
  for (const v1::Event& event : response.events())
    events.emplace_back(0, event);
  for (const auto& [unused, event] : SumUpRejections(std::move(events))) {
    page.Line("  " + TimeText(event.time()) + "  " +
              Paint(EventText(event), ColourOf(event), style));
  }
  return page.text_;
}

// Prints one breaker of one process.
ExitCode Show(const AdminAddress& process, const v1::BreakerName& name,
              const GetOptions& options) {
  v1::GetBreakerRequest request;
  *request.mutable_name() = name;
  v1::GetBreakerResponse response;
  const grpc::Status status =
      Ask(process, &Stub::GetBreaker, request, &response);
  if (!status.ok()) return Complain(options, process, status);
  std::cout << (options.json ? JsonLine(process.text, response)
                             : BreakerPage(response, StandardOutput(),
                                           options.processes.size() == 1));
  return kOk;
}

// Returns whether a config names the method and no call has met it.
bool IsUnused(const GetOptions& options) {
  for (const AdminAddress& process : options.processes) {
    v1::GetConfigResponse config;
    if (!Ask(process, &Stub::GetConfig, v1::GetConfigRequest(), &config).ok()) {
      continue;
    }
    for (const v1::UnusedName& unused : config.unused_names()) {
      if (unused.name() == options.method) return true;
    }
  }
  return false;
}

ExitCode Get(const GetOptions& options) {
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
        const std::string& name = response.process().name();
        std::cout << (found ? "\n" : "")
                  << (name.empty() ? "" : Printable(name) + " at ")
                  << Printable(process.text) << "\n";
      }
      shown = std::max(shown, Show(process, meant[0], options));
    }
    found = true;
  };
  const ExitCode code =
      AskAll(options, &Stub::ListBreakers, v1::ListBreakersRequest(), show);
  if (found && options.processes.size() > 1 && !options.json) {
    std::cout << "\nTo see the policy and the last events, name one process "
                 "with --admin.\n";
  }
  if (found) return std::max(code, shown);
  if (code == kOk || !names.empty()) {
    const std::string nearest = Nearest(options.method, names);
    Complain(
        options.command,
        "no breaker in use is named " + Quoted(options.method) +
            (IsUnused(options) ? ", which a config names and no call has met"
                               : "") +
            (nearest.empty() ? ""
                             : "; the nearest name is " + Quoted(nearest)));
  }
  return kProblem;
}

}  // namespace

Run DeclareGet(CLI::App& tool) {
  const auto options = std::make_shared<GetOptions>();
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
  get->footer(kGetFooter);
  return OnProcesses(get, options, Get);
}

}  // namespace fusebox::tool
