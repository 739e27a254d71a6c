// watch.cc: fusebox watch [PATTERN]

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/base/mutex.h"
#include "tools/fusebox/admin_options.h"
#include "tools/fusebox/command.h"
#include "tools/text/json_text.h"
#include "tools/text/line_writer.h"
#include "tools/text/terminal.h"
#include "tools/watch/change_lines.h"
#include "tools/watch/frame.h"
#include "tools/watch/model.h"
#include "tools/watch/process_feed.h"
#include "tools/watch/screen.h"
#include "tools/watch/view.h"

namespace fusebox::tool {
namespace {

constexpr uint32_t kPastEvents = 100;

constexpr char kWatchFooter[] =
    R"(Shows a live view. Breakers in trouble come first, and the last events are at
the bottom. It waits for processes that restart. Press ? to see the keys, which
scroll, sort and filter, and q to quit.

If standard output is not a terminal, or TERM is "dumb" or not set, the command
prints one line per breaker, then one line per change of state or mode. --json
prints each response of a watch as it arrives, and {"process", "lost"} if the
watch ends. Lines end when nobody reads them.

Exit codes: 0 you pressed q, or a signal ended it; 2 bad usage, or output that
cannot be written.

Example:
  fusebox watch --admin localhost:9090 --admin localhost:9091
  fusebox watch --troubled --json | jq -c '.events[]?'
)";

using Feeds = std::vector<std::unique_ptr<ProcessFeed>>;

// The first argument of `take` and `lose` is the index of the process.
Feeds Begin(const AdminOptions& options,
            const std::function<void(size_t, const v1::WatchBreakersResponse&,
                                     const EventFeed::News&)>& take,
            const std::function<void(size_t, const grpc::Status&)>& lose) {
  Feeds feeds;
  for (size_t i = 0; i < options.processes.size(); ++i) {
    const ProcessFeed::Callbacks callbacks = {
        [=](const v1::WatchBreakersResponse& response,
            const EventFeed::News& news) { take(i, response, news); },
        [=](const grpc::Status& status) { lose(i, status); }};
    feeds.push_back(std::make_unique<ProcessFeed>(
        options.processes[i], FilterOf(options), 0, kPastEvents, callbacks));
  }
  return feeds;
}

// Returns the new offset after `input`.
size_t Scrolled(Screen::Input input, const Frame& frame) {
  const size_t at = frame.offset;
  switch (input) {
    case Screen::kUp:
      return at - (at > 0 ? 1 : 0);
    case Screen::kDown:
      return at + 1;
    case Screen::kPageUp:
      return at > frame.page ? at - frame.page : 0;
    case Screen::kPageDown:
      return at + frame.page;
    case Screen::kHome:
      return 0;
    case Screen::kEnd:
      return SIZE_MAX / 2;  // MakeFrame() limits it
    default:
      return at;
  }
}

ExitCode OnTerminal(const AdminOptions& options) {
  constexpr std::chrono::milliseconds kTick{200};
  const Clock& clock = PreciseClock();
  Screen screen;
  Mutex mu;
  Model model(options.processes);
  const Feeds feeds = Begin(
      options,
      [&](size_t i, const v1::WatchBreakersResponse& response,
          const EventFeed::News& news) {
        {
          const MutexLock lock(mu);
          model.Take(i, response, news, clock.Now());
        }
        screen.Wake();
      },
      [&](size_t i, const grpc::Status& status) {
        {
          const MutexLock lock(mu);
          model.Lose(i, status);
        }
        screen.Wake();
      });
  Frame frame;
  View view;
  for (Screen::Input input = Screen::kWoken; input != Screen::kQuit;
       input = screen.Wait(kTick)) {
    if (input == Screen::kOther) view.OnKey(screen.key());
    screen.set_typing(view.typing());
    {
      const MutexLock lock(mu);
      frame = MakeFrame(model, view, Scrolled(input, frame), clock.Now(),
                        WholeTerminal());
    }
    screen.Draw(frame.lines);
  }
  return kOk;
}

ExitCode InLines(const AdminOptions& options) {
  LineWriter out;
  Mutex mu;
  ChangeLines changes(options.processes);
  const Feeds feeds = Begin(
      options,
      [&](size_t i, const v1::WatchBreakersResponse& response,
          const EventFeed::News& news) {
        const MutexLock lock(mu);
        out.Write(options.json ? JsonLine(options.processes[i].text, response)
                               : changes.Take(i, response, news));
      },
      [&](size_t i, const grpc::Status& status) {
        const MutexLock lock(mu);
        out.Write(options.json ? JsonLine(options.processes[i].text, "lost",
                                          StatusText(status))
                               : changes.Lose(i, status));
      });
  return CannotWrite(options.command, out.AwaitEnd());
}

ExitCode Watch(const AdminOptions& options) {
  return ObeysEscapes(STDOUT_FILENO) && !options.json ? OnTerminal(options)
                                                      : InLines(options);
}

}  // namespace

Run DeclareWatch(CLI::App& tool) {
  const auto options = std::make_shared<AdminOptions>();
  CLI::App* const watch =
      tool.add_subcommand("watch", "Show breakers live, as they change.");
  AddNames(watch, options.get(), Pattern::kOptional);
  AddStates(watch, options.get());
  AddJson(watch, options.get());
  watch->footer(std::string(kAdminFooter) + kWatchFooter);
  return OnProcesses(watch, options, Watch);
}

}  // namespace fusebox::tool
