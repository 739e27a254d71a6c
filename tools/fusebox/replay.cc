// replay.cc: fusebox replay --config CONFIG [--calls FILE]

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "fusebox/base/problem.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy_table.h"
#include "tools/fusebox/command.h"
#include "tools/fusebox/config_input.h"
#include "tools/replay/call_log.h"
#include "tools/replay/chart.h"
#include "tools/replay/event_writer.h"
#include "tools/replay/report.h"
#include "tools/replay/simulation.h"
#include "tools/replay/tally.h"
#include "tools/text/terminal.h"

namespace fusebox::tool {
namespace {

constexpr char kReplayFooter[] =
    R"(The calls are CSV. Its header names the columns, in any order: start_us,
duration_us, method and code. pushback_ms is optional, and other columns are
ignored. start_ms, start_s, duration_ms, duration_s, start and duration are known
too; a start may be a time like 2026-01-02T03:04:05Z. A code is a name or a
number. The calls may have any order; a file that is sorted by start is read in
constant memory.
The same input always gives the same events. Openings have jitter only with
--seed.

Exit codes: 0 success; 2 bad usage, bad input, or output that cannot be written.

Example:
  fusebox replay --config breakers.json --calls calls.csv --svg calls.svg
  fusebox replay --config breakers.json --calls calls.csv --json | tail -n 1
)";

struct ReplayOptions {
  ConfigInput config;
  std::string calls = "-";
  std::string svg;
  std::optional<uint64_t> seed;
  bool json = false;
};

bool CanShowProgress() { return ObeysEscapes(STDERR_FILENO); }

void ShowProgress(const char* what, uint64_t calls) {
  if (CanShowProgress()) std::cerr << "\r" << what << " " << calls << " calls ";
}

void EndProgress() {
  if (CanShowProgress()) std::cerr << "\r\x1b[K";
}

bool Write(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file.good()) return true;
  Complain("replay", path + ": cannot be written: " + std::strerror(errno));
  return false;
}

ExitCode Replay(const ReplayOptions& options) {
  constexpr uint64_t kProgressEvery = 1 << 18;
  if (options.svg == "-" && options.json) {
    Complain("replay", "--svg - and --json must not be given together");
    return kBadUsage;
  }
  if (options.config.path == "-" && options.calls == "-") {
    Complain("replay",
             "--config and --calls must not both be standard input; name a "
             "file for one of them");
    return kBadUsage;
  }
  Problems problems;
  const absl::StatusOr<Config> config = ReadConfig(options.config, &problems);
  if (!config.ok()) {
    Complain("replay", problems, config.status());
    return kBadUsage;
  }
  const std::unique_ptr<CallLog> log =
      CallLog::Open(options.calls, ShowProgress, &problems);
  EndProgress();
  if (log == nullptr) {
    Complain("replay", problems, absl::OkStatus());
    return kBadUsage;
  }
  if (!log->sorted()) {
    Complain(
        "replay",
        "the calls were not sorted by their starts, and were sorted in memory");
  }

  Tally tally;
  Chart chart;
  EventWriter writer(stdout);
  std::vector<SimulationObserver*> observers = {&tally};
  if (options.json) observers.push_back(&writer);
  if (!options.svg.empty()) observers.push_back(&chart);
  const auto policies = PolicyTable::Create(*config);
  if (!policies.ok()) return kBadUsage;  // impossible for a loaded config
  Simulation simulation(**policies, observers, options.seed);
  RecordedCall call;
  for (uint64_t calls = 1; log->Next(&call); ++calls) {
    simulation.Run(call);
    if (calls % kProgressEvery == 0) ShowProgress("replayed", calls);
  }
  simulation.Finish();
  EndProgress();

  if (options.svg == "-") {
    std::cout << chart.Svg(tally);
    return kOk;
  }
  if (!options.svg.empty() && !Write(options.svg, chart.Svg(tally))) {
    return kBadUsage;
  }
  if (!options.json) {
    std::cout << Report(tally);
  } else if (!writer.Finish(tally.total())) {
    Complain("replay", "cannot write to standard output");
    return kBadUsage;
  }
  return kOk;
}

}  // namespace

Run DeclareReplay(CLI::App& tool) {
  const auto options = std::make_shared<ReplayOptions>();
  CLI::App* const replay = tool.add_subcommand(
      "replay", "Show what breakers would have done with recorded calls.");
  AddConfigInput(replay, "--config", &options->config)->option_text("FILE");
  replay->add_option("--calls", options->calls,
                     "A CSV file, or - for standard input (default)");
  replay
      ->add_option("--seed", options->seed,
                   "Draw the jitter of openings from this number")
      ->transform(WholeNumber())
      ->option_text("N");
  replay->add_flag("--json", options->json,
                   "Print each event as one line of JSON, then a summary");
  replay
      ->add_option("--svg", options->svg,
                   "Draw the calls per second and the states into this file, "
                   "or to standard output (-) instead of the table")
      ->option_text("FILE");
  replay->footer(kReplayFooter);
  return [options] { return Replay(*options); };
}

}  // namespace fusebox::tool
