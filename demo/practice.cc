#include "demo/practice.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "demo/fleet.h"
#include "demo/guide.h"
#include "demo/ledger.h"
#include "demo/screen.h"
#include "demo/server_process.h"
#include "demo/shop.h"
#include "demo/story.h"
#include "fusebox/base/text.h"

namespace outage {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kLookInterval{20};

// How long --once waits for the circuits to open or to close, which is far
// longer than they take. gRPC's backoff grows to two minutes.
constexpr std::chrono::seconds kPatience{150};

// A folder for one user, below TMPDIR. The destructor removes it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    const char* const parent = std::getenv("TMPDIR");
    path_ = parent == nullptr || *parent == '\0' ? "/tmp" : parent;
    path_ += "/fusebox.XXXXXX";
    if (mkdtemp(path_.data()) == nullptr) error_ = std::strerror(errno);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (error_.empty()) fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }

  // Returns why there is no such folder, or an empty string if there is one.
  const std::string& error() const { return error_; }

 private:
  std::string path_;
  std::string error_;
};

std::string TimeOfDay() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  char text[16];
  std::strftime(text, sizeof(text), "%H:%M:%S", &local);
  return text;
}

std::string SecondsSince(TimePoint begin) {
  return Fixed(std::chrono::duration<double>(Now() - begin).count(), 1) + " s";
}

// Plays the acts.
class Practice {
 public:
  Practice(const Plot& plot, const std::atomic<bool>& interrupted)
      : plot_(plot), interrupted_(interrupted) {}

  int Run() {
    if (!folder_.error().empty()) {
      return Fail("cannot create the folder " +
                  fusebox::OneLine(folder_.path()) + ": " + folder_.error());
    }
    std::ofstream(folder_.path() + "/breakers.json") << kShopConfig;
    if (!server_.Start()) return Fail("the server did not start");
    if (!fleet_.Start(folder_.path(), server_.port(), plot_.rate)) {
      return Fail("the processes did not start");
    }
    PrintGuide(screen_, plot_, folder_.path(), server_.port());
    next_ = Now() + Rounded(plot_.pause);
    bool works = Play();
    while (works && !plot_.once) works = Play();
    if (interrupted_) {
      screen_.Line("interrupted");
      return plot_.once ? kInterrupted : kSuccess;
    }
    if (plot_.once) PrintTolls();
    return works ? kSuccess : kStoryFailed;
  }

 private:
  static int Fail(const std::string& why) {
    std::cerr << "outage: " << why << "\n";
    return kStoryFailed;
  }

  void Tell(Ink ink, const std::string& what) const {
    screen_.Line(screen_.Paint(Ink::kBold, TimeOfDay()) + "  " +
                 screen_.Paint(ink, screen_.Bullet()) + " " + what);
  }

  // Plays an outage, or one of each kind. Returns false if something did not
  // happen as it must, or if it was interrupted.
  bool Play() {
    const bool survived = Suffer(
        plot_.outage, "the server is killed (SIGKILL)",
        [this] { return server_.Kill(); },
        "the server is back: a new process, the same port",
        [this] { return server_.Start(); });
    if (!survived || plot_.once) return survived;
    return Suffer(
        plot_.outage / 2,
        "the server hangs (SIGSTOP): it is connected and does not answer",
        [this] { return server_.Stop(); }, "the server continues (SIGCONT)",
        [this] { return server_.Continue(); });
  }

  bool Suffer(std::chrono::duration<double> length, const std::string& fault,
              const std::function<bool()>& take_down, const std::string& repair,
              const std::function<bool()>& bring_back) {
    if (!Watch(next_)) return false;
    const uint64_t rejected = Rejected();
    const TimePoint gone = Now();
    Tell(Ink::kRed, fault);
    if (!take_down()) return Failed("the server did not obey the signal");
    const TimePoint end = gone + Rounded(length);
    if (!Await(end, [this] { return fleet_.Closed().empty(); })) return false;
    if (fleet_.Closed().empty()) {
      Tell(Ink::kRed, All() + " are OPEN, after " + SecondsSince(gone));
    } else if (plot_.once) {
      return Failed("did not open: " + List(fleet_.Closed()));
    }
    if (!Watch(end)) return false;

    const TimePoint back = Now();
    if (!bring_back()) return Failed("the server did not come back");
    Tell(Ink::kGreen, repair);
    next_ = back + Rounded(plot_.pause);
    if (!Await(next_, [this] { return fleet_.NotClosed().empty(); })) {
      return false;
    }
    if (fleet_.NotClosed().empty()) {
      Tell(Ink::kGreen, All() + " are CLOSED, after " + SecondsSince(back) +
                            "; they rejected " +
                            fusebox::Count(Rejected() - rejected, "call"));
    } else if (plot_.once) {
      return Failed("did not close: " + List(fleet_.NotClosed()));
    }
    return true;
  }

  // Reads reports until `end`. Returns false if it was interrupted or if a
  // process has ended.
  bool Watch(TimePoint end) {
    return WatchUntil([end] { return Now() >= end; });
  }

  // Does the same until `is_so`, or until it is too late: `end` or, because
  // --once must see it happen, much later.
  bool Await(TimePoint end, const std::function<bool()>& is_so) {
    const TimePoint last = plot_.once ? end + kPatience : end;
    return WatchUntil([&] { return is_so() || Now() >= last; });
  }

  bool WatchUntil(const std::function<bool()>& enough) {
    while (!interrupted_) {
      fleet_.CatchUp();
      if (const auto ended = fleet_.Ended(); !ended.empty()) {
        return Failed("ended: " + List(ended));
      }
      if (enough()) return true;
      std::this_thread::sleep_for(kLookInterval);
    }
    return false;
  }

  bool Failed(const std::string& why) const {
    Tell(Ink::kRed, "MISSING  " + why);
    return false;
  }

  std::string All() const {
    return "all " +
           fusebox::Count(fleet_.Closed().size() + fleet_.NotClosed().size(),
                          "circuit");
  }

  static std::string List(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
      text += (text.empty() ? "" : ", ") + name;
    }
    return text;
  }

  uint64_t Rejected() const {
    uint64_t sum = 0;
    for (const auto& [name, toll] : fleet_.Tolls()) sum += toll.rejected;
    return sum;
  }

  static Duration Rounded(std::chrono::duration<double> length) {
    return std::chrono::round<Duration>(length);
  }

  void PrintTolls() const {
    screen_.Line("");
    screen_.Line(screen_.Paint(
        Ink::kBold, "PROCESS     OPENINGS  REJECTED  LONGEST OUTAGE"));
    for (const auto& [name, toll] : fleet_.Tolls()) {
      screen_.Line(PadRight(name, 10) +
                   PadLeft(fusebox::Grouped(toll.openings), 10) +
                   PadLeft(fusebox::Grouped(toll.rejected), 10) +
                   PadLeft(Fixed(toll.longest, 1) + " s", 16));
    }
  }

  const Plot& plot_;
  const std::atomic<bool>& interrupted_;
  const Screen screen_;
  const TemporaryFolder folder_;
  ServerProcess server_;
  Fleet fleet_;
  TimePoint next_;  // when the next outage begins
};

}  // namespace

int Practise(const Plot& plot, const std::atomic<bool>& interrupted) {
  return Practice(plot, interrupted).Run();
}

}  // namespace outage
