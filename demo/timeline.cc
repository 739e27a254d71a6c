#include "demo/timeline.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "demo/ledger.h"
#include "demo/screen.h"
#include "demo/transition_log.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"
#include "fusebox/policy/rejection_text.h"

namespace outage {
namespace {

constexpr std::chrono::milliseconds kRowLength{500};
constexpr std::chrono::milliseconds kLookInterval{20};
constexpr size_t kBarCells = 10;
constexpr size_t kStateWidth = 9;

// The kinds of calls in a row, in the order of the bar.
enum Kind : size_t { kOk, kFailed, kRejected, kWaiting, kKinds };

// The calls of one client in one row.
struct Tally {
  std::array<size_t, kKinds> calls{};
  std::vector<Duration> took;  // durations of the ended calls, sorted
};

Tally Count(const CallRecords& calls, TimePoint begin, TimePoint end) {
  Tally tally;
  for (const CallRecord& call : calls) {
    if (call.WaitingAt(end)) ++tally.calls[kWaiting];
    if (!call.ended || *call.ended <= begin || *call.ended > end) continue;
    ++tally.calls[call.ending == Ending::kOk       ? kOk
                  : call.ending == Ending::kFailed ? kFailed
                                                   : kRejected];
    tally.took.push_back(*call.ended - call.began);
  }
  std::sort(tally.took.begin(), tally.took.end());
  return tally;
}

// Distributes `kBarCells` cells over `calls`. A kind with any calls gets at
// least one cell. The largest kind absorbs the rounding.
std::array<size_t, kKinds> ShareOut(const std::array<size_t, kKinds>& calls) {
  std::array<size_t, kKinds> cells{};
  size_t all = 0;
  for (const size_t n : calls) all += n;
  if (all == 0) return cells;
  size_t used = 0;
  for (size_t kind = 0; kind < kKinds; ++kind) {
    if (calls[kind] > 0) {
      cells[kind] = std::max<size_t>(1, calls[kind] * kBarCells / all);
    }
    used += cells[kind];
  }
  size_t& largest = cells[static_cast<size_t>(
      std::max_element(calls.begin(), calls.end()) - calls.begin())];
  largest = largest + kBarCells - used;
  return cells;
}

std::string Bar(const Screen& screen, const Tally& tally) {
  const std::array<std::string, kKinds> cell = {
      screen.OkCell(), screen.FailedCell(), screen.RejectedCell(),
      screen.WaitingCell()};
  const std::array<Ink, kKinds> ink = {Ink::kGreen, Ink::kRed, Ink::kBlue,
                                       Ink::kDim};
  const std::array<size_t, kKinds> cells = ShareOut(tally.calls);
  std::string bar;
  size_t used = 0;
  for (size_t kind = 0; kind < kKinds; ++kind) {
    std::string part;
    for (size_t i = 0; i < cells[kind]; ++i) part += cell[kind];
    bar += screen.Paint(ink[kind], part);
    used += cells[kind];
  }
  return bar + std::string(kBarCells - used, ' ');
}

std::string Number(const Screen& screen, size_t n, size_t width, Ink ink) {
  return screen.Paint(n == 0 ? Ink::kDim : ink,
                      PadLeft(std::to_string(n), width));
}

// Returns the milliseconds, four characters wide.
std::string Latency(const std::vector<Duration>& took, double quantile) {
  if (took.empty()) return "   -";
  const auto index =
      static_cast<size_t>(quantile * static_cast<double>(took.size() - 1));
  const double ms =
      std::chrono::duration<double, std::milli>(took[index]).count();
  return PadLeft(Fixed(ms, ms < 10 ? 1 : 0), 4);
}

std::string Columns(const Screen& screen, const Tally& tally,
                    bool has_breaker) {
  std::string text = Number(screen, tally.calls[kOk], 3, Ink::kGreen) + " " +
                     Number(screen, tally.calls[kFailed], 4, Ink::kRed) + " ";
  if (has_breaker) {
    text += Number(screen, tally.calls[kRejected], 4, Ink::kBlue) + " ";
  }
  return text + Number(screen, tally.calls[kWaiting], 4, Ink::kPlain) + "  " +
         Bar(screen, tally) + " " + Latency(tally.took, 0.5) + " " +
         Latency(tally.took, 1.0);
}

}  // namespace

Timeline::Timeline(const Screen& screen, const Ledger& guarded,
                   const Ledger& plain, TransitionLog& log,
                   const std::atomic<bool>& interrupted)
    : screen_(screen),
      guarded_(guarded),
      plain_(plain),
      log_(log),
      interrupted_(interrupted),
      start_(Now()),
      next_row_(start_ + kRowLength) {}

void Timeline::PrintHeader() const {
  const std::string bar(kBarCells, ' ');
  const std::string latency = "  p50  max";
  screen_.Line("");
  screen_.Line(std::string(19, ' ') +
               screen_.Paint(Ink::kBold, PadRight("WITH BREAKER", 40)) + " " +
               screen_.Separator() + " " +
               screen_.Paint(Ink::kBold, "WITHOUT"));
  screen_.Line(
      screen_.Paint(Ink::kDim, "   time  breaker    ok fail rejd wait  " + bar +
                                   latency + " " + screen_.Separator() +
                                   "  ok fail wait  " + bar + latency));
}

void Timeline::Watch(Duration least, Duration most,
                     const std::function<bool()>& enough) {
  const TimePoint begin = Now();
  while (!interrupted_) {
    CatchUp();
    const Duration watched = Now() - begin;
    if (watched >= most || (watched >= least && enough())) return;
    std::this_thread::sleep_for(kLookInterval);
  }
}

void Timeline::Watch(Duration length) {
  Watch(length, length, [] { return true; });
}

void Timeline::Tell(TimePoint at, Ink ink, const std::string& what) {
  CatchUp();
  PrintEvent(at, ink, screen_.Paint(Ink::kBold, what));
}

void Timeline::CatchUp() {
  const TimePoint now = Now();
  const auto print_rows_until = [this](TimePoint t) {
    for (; next_row_ <= t; next_row_ += kRowLength) {
      PrintRow(next_row_ - kRowLength, next_row_);
    }
  };
  for (const fusebox::Transition& transition : log_.TakeFresh()) {
    print_rows_until(transition.at);
    PrintTransition(transition);
    state_ = transition.to;
    transitions_.push_back(transition);
  }
  print_rows_until(now);
}

void Timeline::PrintRow(TimePoint begin, TimePoint end) const {
  const double seconds = std::chrono::duration<double>(end - start_).count();
  screen_.Line(PadLeft(Fixed(seconds, 1), 6) + "   " +
               screen_.Paint(InkOf(state_),
                             PadRight(fusebox::Name(state_), kStateWidth)) +
               " " +
               Columns(screen_, Count(guarded_.Read(), begin, end), true) +
               " " + screen_.Separator() + " " +
               Columns(screen_, Count(plain_.Read(), begin, end), false));
}

void Timeline::PrintEvent(TimePoint at, Ink ink,
                          const std::string& text) const {
  const double seconds = std::chrono::duration<double>(at - start_).count();
  screen_.Line(screen_.Paint(Ink::kBold, PadLeft(Fixed(seconds, 2), 7)) + "  " +
               screen_.Paint(ink, screen_.Bullet()) + " " + text);
}

void Timeline::PrintTransition(const fusebox::Transition& transition) const {
  const auto painted = [this](fusebox::State state) {
    return screen_.Paint(InkOf(state), fusebox::Name(state));
  };
  PrintEvent(transition.at, InkOf(transition.to),
             "breaker " + painted(transition.from) + " " + screen_.Arrow() +
                 " " + painted(transition.to) + ": " +
                 fusebox::DescribeCause(transition.cause));
}

}  // namespace outage
