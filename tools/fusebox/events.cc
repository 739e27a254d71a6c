// events.cc: fusebox events [PATTERN]

#include <CLI/CLI.hpp>
#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "fusebox/base/mutex.h"
#include "tools/admin/address.h"
#include "tools/admin/ask.h"
#include "tools/fusebox/admin_options.h"
#include "tools/fusebox/command.h"
#include "tools/text/breaker_text.h"
#include "tools/text/json_text.h"
#include "tools/text/terminal.h"
#include "tools/text/time_text.h"
#include "tools/watch/process_feed.h"

namespace fusebox::tool {
namespace {

constexpr char kCommand[] = "events";
constexpr uint32_t kFewEvents = 10;
constexpr uint32_t kMaxListed = 10000;  // by a process in one answer

constexpr char kFooter[] =
    R"(Prints the last events, oldest first; a process keeps the last events of each
breaker. With --follow, prints the last 10 (or --limit), then each event as it
happens, also after the process has restarted, until the command is interrupted.
"12 events missed" shows where events were lost.

Exit codes: 0 success; 1 a process did not answer; 2 bad usage.

Example:
  fusebox events --admin localhost:9090 --type transition --limit 20
  fusebox events '/shop.v1.Cart/*' --follow --json | jq -r .text
)";

const std::vector<std::string>& Types() {
  static const auto& types = *new std::vector<std::string>{
      "TRANSITION",    "MODE",     "REJECTION",      "PROBE",
      "BROKEN_STREAM", "FALLBACK", "CONFIG_UPDATED", "CONFIG_REFUSED"};
  return types;
}

struct Options : AdminOptions {
  bool follow = false;
  std::vector<std::string> type;
  uint64_t after = 0;
  uint32_t limit = 0;  // 0: the default
};

bool IsWanted(const v1::Event& event, const Options& options) {
  return options.type.empty() ||
         std::find(options.type.begin(), options.type.end(), event.type()) !=
             options.type.end();
}

// Thread-safe.
class Printer {
 public:
  Printer(const Options& options, bool several)
      : options_(options), several_(several), style_(StandardOutput()) {}

  void Print(const std::string& process, const v1::Event& event) {
    if (!IsWanted(event, options_)) return;
    if (options_.json) {
      Write(JsonLine(process, event));
    } else {
      Write(TimeText(event.time()) + "  " + (several_ ? process + "  " : "") +
            Paint(EventText(event), ColourOf(event), style_) + "\n");
    }
  }

  // Prints a note about the events, for people and programs.
  void Note(const std::string& process, const std::string& name,
            const std::string& text) {
    if (options_.json) {
      Write(JsonLine(process, name, text));
    } else {
      Write("-- " + (several_ ? process + ": " : "") + text + "\n");
    }
  }

 private:
  void Write(const std::string& line) {
    const MutexLock lock(mu_);
    std::cout << line << std::flush;
  }

  const Options& options_;
  const bool several_;
  const Style style_;
  Mutex mu_;
};

std::string Missed(uint64_t count) {
  return std::to_string(count) + (count == 1 ? " event" : " events") +
         " missed";
}

ExitCode Follow(const std::vector<AdminAddress>& addresses,
                const Options& options) {
  Printer printer(options, addresses.size() > 1);
  const uint32_t limit = options.limit != 0   ? options.limit
                         : options.after != 0 ? kMaxListed
                                              : kFewEvents;
  std::vector<std::unique_ptr<ProcessFeed>> feeds;
  for (const AdminAddress& address : addresses) {
    const std::string& process = address.text;
    const auto lost = std::make_shared<bool>(false);
    ProcessFeed::Callbacks callbacks;
    callbacks.on_response = [&printer, process, lost](
                                const v1::WatchBreakersResponse&,
                                const EventFeed::News& news) {
      if (std::exchange(*lost, false)) {
        Complain(kCommand, process + ": connected again");
      }
      if (news.restarted) {
        printer.Note(process, "note", "the process was restarted");
      }
      if (!news.status.ok()) {
        printer.Note(process, "note",
                     "earlier events could not be asked for: " +
                         StatusText(news.status));
      }
      if (news.missed > 0) printer.Note(process, "note", Missed(news.missed));
      for (const v1::Event& event : news.events) printer.Print(process, event);
    };
    callbacks.on_lost = [process, lost](const grpc::Status& status) {
      if (std::exchange(*lost, true)) return;
      Complain(kCommand,
               process + ": " + StatusText(status) + "; reconnecting ...");
    };
    feeds.push_back(std::make_unique<ProcessFeed>(
        address, FilterOf(options), options.after, limit, callbacks));
  }
  // Only a signal ends it.
  Mutex mu;
  std::condition_variable_any never;
  const MutexLock lock(mu);
  for (;;) never.wait(mu);
}

ExitCode Show(const std::vector<AdminAddress>& addresses,
              const Options& options) {
  v1::ListEventsRequest request;
  *request.mutable_filter() = FilterOf(options);
  request.set_after_sequence(options.after);
  request.set_limit(options.limit);
  for (const std::string& type : options.type) request.add_type(type);
  ExitCode code = kOk;
  std::vector<std::pair<std::string, v1::Event>> events;
  for (const auto& answer :
       AskAll(addresses, &v1::BreakerAdmin::Stub::ListEvents, request)) {
    const std::string& process = answer.address.text;
    if (!answer.status.ok()) {
      Complain(kCommand, process + ": " + StatusText(answer.status));
      code = kProblem;
    }
    for (const v1::Event& event : answer.response.events()) {
      events.emplace_back(process, event);
    }
  }
  // The events of one process are already in order, whatever its wall clock
  // did.
  if (addresses.size() > 1) {
    std::stable_sort(events.begin(), events.end(),
                     [](const auto& a, const auto& b) {
                       const auto& x = a.second.time();
                       const auto& y = b.second.time();
                       return std::make_tuple(x.seconds(), x.nanos()) <
                              std::make_tuple(y.seconds(), y.nanos());
                     });
  }
  Printer printer(options, addresses.size() > 1);
  for (const auto& [process, event] : events) printer.Print(process, event);
  return code;
}

ExitCode Events(const Options& options) {
  const auto addresses = AddressesOf(options, kCommand);
  if (!addresses) return kBadUsage;
  return options.follow ? Follow(*addresses, options)
                        : Show(*addresses, options);
}

}  // namespace

Run DeclareEvents(CLI::App& tool) {
  const auto options = std::make_shared<Options>();
  CLI::App* const events =
      tool.add_subcommand(kCommand, "Show what has happened to breakers.");
  AddNames(events, options.get(), Pattern::kOptional);
  events->add_flag("-f,--follow", options->follow,
                   "Then print each event as it happens");
  events
      ->add_option(
          "--type", options->type,
          "Only events of this type; may be repeated: transition, mode, "
          "rejection, probe, broken_stream, fallback, "
          "config_updated, config_refused")
      ->transform(CLI::IsMember(Types(), CLI::ignore_case))
      ->allow_extra_args(false)
      ->option_text("TYPE");
  events
      ->add_option("--after", options->after,
                   "Only events after this number (\"sequence\" in --json)")
      ->check(IsNoNumber, "")
      ->option_text("N");
  events
      ->add_option("--limit", options->limit,
                   "At most the last N (default: 1000; with --follow 10)")
      ->check(CLI::Range(1u, kMaxListed))
      ->option_text("N");
  AddAdmin(events, options.get());
  AddJson(events, options.get());
  events->footer(std::string(kAdminFooter) + "\n" + kFooter);
  return [options] { return Events(*options); };
}

}  // namespace fusebox::tool
