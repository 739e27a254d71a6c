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
#include "fusebox/config/config_parser.h"
#include "fusebox/core/settings.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy_table.h"
#include "tools/fusebox/command.h"
#include "tools/replay/call_log.h"
#include "tools/replay/chart.h"
#include "tools/replay/event_writer.h"
#include "tools/replay/report.h"
#include "tools/replay/simulation.h"
#include "tools/replay/tally.h"

namespace fusebox::tool {
namespace {

constexpr char kFooter[] =
    R"(The calls are CSV with the header start_us,duration_us,method,code and, if
wanted, pushback_ms. A code is a name or a number. The calls may have any order,
but a file that is sorted by start_us is read in constant memory. The same input
always gives the same events. There is no jitter without --seed.

Example:
  fusebox replay --config breakers.json --calls calls.csv --svg calls.svg
  fusebox replay --config breakers.json --calls calls.csv --json | tail -n 1)";

struct Options {
  std::string config;
  std::string calls = "-";
  std::string svg;
  std::optional<uint64_t> seed;
  bool json = false;
};

bool OnTerminal() { return isatty(STDERR_FILENO) != 0; }

void ShowProgress(const char* what, uint64_t calls) {
  if (OnTerminal()) std::cerr << "\r" << what << " " << calls << " calls ";
}

void EndProgress() {
  if (OnTerminal()) std::cerr << "\r\x1b[K";
}

bool Write(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file.good()) return true;
  std::cerr << path << ": cannot be written: " << std::strerror(errno) << "\n";
  return false;
}

ExitCode Refuse(const Problems& problems) {
  for (const Problem& problem : problems) std::cerr << problem << "\n";
  return kBadUsage;
}

ExitCode Replay(const Options& options) {
  constexpr uint64_t kProgressEvery = 1 << 18;
  Problems problems;
  const absl::StatusOr<Config> config =
      LoadConfigFile(options.config, &problems);
  if (!problems.empty()) return Refuse(problems);
  if (!config.ok()) {
    std::cerr << "fusebox replay: " << config.status().message() << "\n";
    return kBadUsage;
  }
  const std::unique_ptr<CallLog> log =
      CallLog::Open(options.calls, ShowProgress, &problems);
  EndProgress();
  if (log == nullptr) return Refuse(problems);
  if (!log->sorted()) {
    std::cerr << "fusebox replay: the calls are not sorted by start_us; they "
                 "were sorted in memory\n";
  }

  Tally tally;
  Chart chart;
  EventWriter writer(stdout);
  std::vector<SimulationObserver*> observers = {&tally};
  if (options.json) observers.push_back(&writer);
  if (!options.svg.empty()) observers.push_back(&chart);
  const auto policies = PolicyTable::Create(*config);
  if (!policies.ok()) return kBadUsage;  // not of a config that was loaded
  Simulation simulation(**policies, observers, options.seed);
  RecordedCall call;
  for (uint64_t calls = 1; log->Next(&call); ++calls) {
    simulation.Run(call);
    if (calls % kProgressEvery == 0) ShowProgress("replayed", calls);
  }
  simulation.Finish();
  EndProgress();

  if (!options.svg.empty() && !Write(options.svg, chart.Svg(tally))) {
    return kBadUsage;
  }
  if (!options.json) {
    std::cout << Report(tally);
  } else if (!writer.Finish(tally.total())) {
    std::cerr << "fusebox replay: cannot write to standard output\n";
    return kBadUsage;
  }
  return kOk;
}

}  // namespace

Run DeclareReplay(CLI::App& tool) {
  const auto options = std::make_shared<Options>();
  CLI::App* const replay = tool.add_subcommand(
      "replay", "Show what breakers would have done with recorded calls.");
  replay
      ->add_option("--config", options->config,
                   "A .json, .textproto or .txtpb file")
      ->required();
  replay->add_option("--calls", options->calls,
                     "A CSV file, or - for standard input (default)");
  replay->add_option("--seed", options->seed,
                     "Draw the jitter of openings from this number");
  replay->add_flag("--json", options->json,
                   "Print each event as one line of JSON, and a summary");
  replay->add_option("--svg", options->svg,
                     "Draw calls per second and states into this file");
  replay->footer(kFooter);
  return [options] { return Replay(*options); };
}

}  // namespace fusebox::tool
