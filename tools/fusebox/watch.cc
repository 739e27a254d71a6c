// watch.cc: fusebox watch [PATTERN]

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/base/mutex.h"
#include "tools/admin/connection.h"
#include "tools/admin/process_set.h"
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
the bottom. It waits for processes that restart, and looks every two seconds for
new sockets that match a pattern of --admin. Press ? to see the keys, which
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

// Shows what the feeds deliver. The feeds call it on several threads.
class Viewer {
 public:
  virtual ~Viewer() = default;

  // Adds a process. Its number is that of the processes before.
  virtual void Add(const AdminAddress& address) = 0;
  virtual void Take(size_t process, const v1::WatchBreakersResponse& response,
                    const EventFeed::News& news) = 0;
  virtual void Lose(size_t process, const grpc::Status& status) = 0;

  // Whether the process is not connected.
  virtual bool IsLost(size_t process) = 0;

  // The process has ended: no call is about it any more.
  virtual void End(size_t process) = 0;
};

// Feeds a viewer, which must outlive it.
class Feeds {
 public:
  Feeds(const AdminOptions& options, Viewer* viewer)
      : filter_(FilterOf(options)),
        viewer_(*viewer),
        set_(options.processes, options.patterns,
             {[this](size_t i, const AdminAddress& address) {
                Begin(i, address);
              },
              [this](size_t i) { return End(i); }}) {}

 private:
  void Begin(size_t i, const AdminAddress& address) {
    viewer_.Add(address);
    const ProcessFeed::Callbacks callbacks = {
        [this, i](const v1::WatchBreakersResponse& response,
                  const EventFeed::News& news) {
          viewer_.Take(i, response, news);
        },
        [this, i](const grpc::Status& status) { viewer_.Lose(i, status); }};
    feeds_.push_back(std::make_unique<ProcessFeed>(address, filter_, 0,
                                                   kPastEvents, callbacks));
  }

  bool End(size_t i) {
    if (!viewer_.IsLost(i)) return false;
    feeds_[i].reset();
    viewer_.End(i);
    return true;
  }

  const v1::BreakerFilter filter_;
  Viewer& viewer_;
  std::vector<std::unique_ptr<ProcessFeed>> feeds_;
  ProcessSet set_;  // last, because it uses the other members
};

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

// Keeps a model for the screen.
class ScreenViewer final : public Viewer {
 public:
  explicit ScreenViewer(Screen* screen) : screen_(*screen) {}

  void Add(const AdminAddress& address) override {
    Change([&]() FUSEBOX_REQUIRES(mu_) { model_.Add(address); });
  }
  void Take(size_t process, const v1::WatchBreakersResponse& response,
            const EventFeed::News& news) override {
    Change([&]() FUSEBOX_REQUIRES(mu_) {
      model_.Take(process, response, news, clock_.Now());
    });
  }
  void Lose(size_t process, const grpc::Status& status) override {
    Change([&]() FUSEBOX_REQUIRES(mu_) { model_.Lose(process, status); });
  }
  bool IsLost(size_t process) override {
    const MutexLock lock(mu_);
    return !model_.processes()[process].connected;
  }
  void End(size_t process) override {
    Change([&]() FUSEBOX_REQUIRES(mu_) { model_.End(process); });
  }

  Frame MakeFrame(const View& view, size_t offset) {
    const MutexLock lock(mu_);
    return tool::MakeFrame(model_, view, offset, clock_.Now(), WholeTerminal());
  }

 private:
  template <typename F>
  void Change(const F& change) {
    {
      const MutexLock lock(mu_);
      change();
    }
    screen_.Wake();
  }

  const Clock& clock_ = PreciseClock();
  Screen& screen_;
  Mutex mu_;
  Model model_ FUSEBOX_GUARDED_BY(mu_);
};

ExitCode OnTerminal(const AdminOptions& options) {
  constexpr std::chrono::milliseconds kTick{200};
  Screen screen;
  ScreenViewer viewer(&screen);
  const Feeds feeds(options, &viewer);
  Frame frame;
  View view;
  for (Screen::Input input = Screen::kWoken; input != Screen::kQuit;
       input = screen.Wait(kTick)) {
    if (input == Screen::kOther) view.OnKey(screen.key());
    screen.set_typing(view.typing());
    frame = viewer.MakeFrame(view, Scrolled(input, frame));
    screen.Draw(frame.lines);
  }
  return kOk;
}

// Prints lines.
class LineViewer final : public Viewer {
 public:
  explicit LineViewer(bool json) : json_(json) {}

  std::string AwaitEnd() { return out_.AwaitEnd(); }

  void Add(const AdminAddress& address) override {
    const MutexLock lock(mu_);
    processes_.push_back({address.text});
    changes_.Add(address);
  }
  void Take(size_t process, const v1::WatchBreakersResponse& response,
            const EventFeed::News& news) override {
    const MutexLock lock(mu_);
    processes_[process].lost = false;
    out_.Write(json_ ? JsonLine(processes_[process].address, response)
                     : changes_.Take(process, response, news));
  }
  void Lose(size_t process, const grpc::Status& status) override {
    const MutexLock lock(mu_);
    processes_[process].lost = true;
    out_.Write(json_ ? JsonLine(processes_[process].address, "lost",
                                StatusText(status))
                     : changes_.Lose(process, status));
  }
  bool IsLost(size_t process) override {
    const MutexLock lock(mu_);
    return processes_[process].lost;
  }
  void End(size_t) override {}

 private:
  struct Process {
    std::string address;
    bool lost = true;
  };

  const bool json_;
  LineWriter out_;
  Mutex mu_;
  ChangeLines changes_ FUSEBOX_GUARDED_BY(mu_);
  std::vector<Process> processes_ FUSEBOX_GUARDED_BY(mu_);
};

ExitCode InLines(const AdminOptions& options) {
  LineViewer viewer(options.json);
  const Feeds feeds(options, &viewer);
  return CannotWrite(options.command, viewer.AwaitEnd());
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
