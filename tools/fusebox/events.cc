// events.cc: fusebox events [PATTERN]

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "google/protobuf/util/time_util.h"
#include "tools/admin/address.h"
#include "tools/admin/connection.h"
#include "tools/admin/process_names.h"
#include "tools/admin/process_set.h"
#include "tools/fusebox/admin_options.h"
#include "tools/fusebox/ask.h"
#include "tools/fusebox/command.h"
#include "tools/text/breaker_text.h"
#include "tools/text/json_text.h"
#include "tools/text/line_writer.h"
#include "tools/text/printable.h"
#include "tools/text/rejection_sums.h"
#include "tools/text/terminal.h"
#include "tools/text/time_text.h"
#include "tools/watch/process_feed.h"

namespace fusebox::tool {
namespace {

constexpr uint32_t kFewEvents = 10;

constexpr char kEventsFooter[] =
    R"(Prints the last events, oldest first. A process keeps the last events of each
breaker. With --follow, the command prints the last 10 events (or --limit), then
each event as it happens, until it is interrupted or nobody reads them. It goes
on when a process restarts, and looks every two seconds for new sockets that
match a pattern of --admin. "12 events missed" shows where events were lost.

Rejections and fallbacks of a breaker between which nothing else happened to it are
summed up on one line, unless --follow or --json is given. --since counts back from
the time of this machine.

Exit codes: 0 success; 1 a process did not answer; 2 bad usage, or output that
cannot be written.

Example:
  fusebox events --admin localhost:9090 --type transition --since 10m
  fusebox events '/shop.v1.Cart/*' --follow --json | jq -r .text
)";

const std::vector<std::string>& Types() {
  static const auto& types = *new std::vector<std::string>{
      "TRANSITION",    "MODE",     "REJECTION",      "PROBE",
      "BROKEN_STREAM", "FALLBACK", "CONFIG_UPDATED", "CONFIG_REFUSED",
      "RETIRED",       "OVERFLOW"};
  return types;
}

struct EventsOptions : AdminOptions {
  bool follow = false;
  std::vector<std::string> type;
  uint64_t after = 0;
  uint32_t limit = 0;  // 0 means the default
  std::string since;   // empty means any time
  absl::Time begin = absl::InfinitePast();
};

bool IsWanted(const v1::Event& event, const EventsOptions& options) {
  const absl::Time time = absl::FromUnixSeconds(event.time().seconds()) +
                          absl::Nanoseconds(event.time().nanos());
  return time >= options.begin &&
         (options.type.empty() ||
          std::find(options.type.begin(), options.type.end(), event.type()) !=
              options.type.end());
}

// Makes a line of each event. Thread-safe if `write` is.
class Printer {
 public:
  using Write = std::function<void(const std::string& line)>;

  Printer(const EventsOptions& options, Write write)
      : options_(options), style_(StandardOutput()), write_(std::move(write)) {}

  // `name` is for people; it is shown if there are several processes.
  void Print(const AdminAddress& process, const std::string& name,
             const v1::Event& event) {
    if (!IsWanted(event, options_)) return;
    const std::string shown = options_.several() ? Printable(name) + "  " : "";
    write_(options_.json
               ? JsonLine(process.text, event)
               : TimeText(event.time()) + "  " + shown +
                     Paint(EventText(event), ColourOf(event), style_) + "\n");
  }

  // Prints a note about the events, for people and programs.
  void Note(const AdminAddress& process, const std::string& text) {
    write_(options_.json
               ? JsonLine(process.text, "note", text)
               : "-- " + options_.PrefixOf(process) + Printable(text) + "\n");
  }

 private:
  const EventsOptions& options_;
  const Style style_;
  const Write write_;
};

ExitCode Follow(const EventsOptions& options) {
  LineWriter out;
  Printer printer(options, [&](const std::string& line) { out.Write(line); });
  const uint32_t limit = options.limit != 0   ? options.limit
                         : options.after != 0 ? kMaxListedEvents
                                              : kFewEvents;
  struct Followed {
    std::atomic<bool> lost{false};
    std::unique_ptr<ProcessFeed> feed;
  };
  std::vector<std::unique_ptr<Followed>> followed;
  const auto begin = [&](size_t, const AdminAddress& process) {
    Followed* const it =
        followed.emplace_back(std::make_unique<Followed>()).get();
    ProcessFeed::Callbacks callbacks;
    callbacks.on_response = [&options, &printer, it, process](
                                const v1::WatchBreakersResponse& response,
                                const EventFeed::News& news) {
      if (it->lost.exchange(false)) {
        Complain(options.command, process.text + ": connected again");
      }
      for (const std::string& note : news.Notes()) printer.Note(process, note);
      const std::string& name = response.process().name();
      for (const v1::Event& event : news.events) {
        printer.Print(process, name.empty() ? process.text : name, event);
      }
    };
    callbacks.on_lost = [&options, it, process](const grpc::Status& status) {
      if (it->lost.exchange(true)) return;
      Complain(options.command,
               process.text + ": " + StatusText(status) + "; reconnecting ...");
    };
    it->feed = std::make_unique<ProcessFeed>(process, FilterOf(options),
                                             options.after, limit, callbacks);
  };
  const auto end = [&](size_t i) {
    if (followed[i]->lost) followed[i]->feed.reset();
    return followed[i]->feed == nullptr;
  };
  const ProcessSet set(options.processes, options.patterns, {begin, end});
  return CannotWrite(options.command, out.AwaitEnd());
}

size_t IndexOf(const AdminAddress& process, const EventsOptions& options) {
  const auto same = [&](const AdminAddress& it) {
    return it.text == process.text;
  };
  return static_cast<size_t>(
      std::find_if(options.processes.begin(), options.processes.end(), same) -
      options.processes.begin());
}

ExitCode Show(const EventsOptions& options) {
  v1::ListEventsRequest request;
  *request.mutable_filter() = FilterOf(options);
  request.set_after_sequence(options.after);
  request.set_limit(options.limit);
  for (const std::string& type : options.type) request.add_type(type);
  std::vector<EventOf> events;
  std::map<std::string, v1::Process> processes;
  ProcessNames names;
  const ExitCode code = AskAll(
      options, &v1::BreakerAdmin::Stub::ListEvents, request,
      [&](const AdminAddress& process, const v1::ListEventsResponse& response) {
        const size_t index = IndexOf(process, options);
        names.Add(response.process());
        processes[process.text] = response.process();
        for (const v1::Event& event : response.events()) {
          if (IsWanted(event, options)) events.emplace_back(index, event);
        }
      });
  // The events of one process are in order already, even if its wall clock was
  // set back.
  if (options.processes.size() > 1) {
    std::stable_sort(events.begin(), events.end(),
                     [](const auto& a, const auto& b) {
                       return a.second.time() < b.second.time();
                     });
  }
  if (!options.json) events = SumUpRejections(std::move(events));
  Printer printer(options, [](const std::string& line) { std::cout << line; });
  for (const auto& [index, event] : events) {
    const AdminAddress& process = options.processes[index];
    printer.Print(process, names.Of(process, processes[process.text]), event);
  }
  return code;
}

ExitCode Events(const EventsOptions& given) {
  EventsOptions options = given;
  if (!options.since.empty()) {
    const auto length = ParseDurationWords(options.since);
    if (!length.ok()) {
      Complain(options.command,
               "--since: " + std::string(length.status().message()));
      return kBadUsage;
    }
    options.begin = absl::Now() - absl::FromChrono(*length);
  }
  return options.follow ? Follow(options) : Show(options);
}

}  // namespace

Run DeclareEvents(CLI::App& tool) {
  const auto options = std::make_shared<EventsOptions>();
  CLI::App* const events =
      tool.add_subcommand("events", "Show what has happened to breakers.");
  AddNames(events, options.get(), Pattern::kOptional);
  events->add_flag("-f,--follow", options->follow,
                   "Print the last events, then each event as it happens");
  events
      ->add_option(
          "--type", options->type,
          "Select events of this type: transition, mode, rejection, probe, "
          "broken_stream, fallback, config_updated or config_refused; may be "
          "repeated")
      ->transform(CLI::IsMember(Types(), CLI::ignore_case))
      ->allow_extra_args(false)
      ->option_text("TYPE");
  events
      ->add_option("--after", options->after,
                   "Select events after this number (\"sequence\" in --json)")
      ->transform(WholeNumber())
      ->option_text("N");
  events
      ->add_option("--limit", options->limit,
                   "Print at most the last N events (default: 1000, or 10 with "
                   "--follow)")
      ->transform(WholeNumber())
      ->check(CLI::Range(1u, kMaxListedEvents))
      ->option_text("N");
  events
      ->add_option("--since", options->since,
                   "Select events of this time, such as 10m")
      ->option_text("LENGTH");
  AddJson(events, options.get());
  events->footer(std::string(kAdminFooter) + kEventsFooter);
  return OnProcesses(events, options, Events);
}

}  // namespace fusebox::tool
