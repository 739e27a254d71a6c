#include "demo/report.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "demo/ledger.h"
#include "demo/screen.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"

namespace outage {
namespace {

constexpr std::chrono::milliseconds kLong{100};
constexpr size_t kLabelWidth = 44;
constexpr size_t kNumberWidth = 13;

// What one outage cost one client. It counts the calls that were in flight at
// any moment from `gone` to `back`.
struct Cost {
  double calls = 0;
  double ok = 0;
  double failed = 0;
  double rejected = 0;
  double sent = 0;
  double waited = 0;           // took longer than kLong
  double waited_early = 0;     // of those, began before the circuit opened
  double seconds_waiting = 0;  // summed over all calls
  double lost_after = 0;       // began between `back` and the first answer
  std::optional<double> seconds_to_reconnect;  // absent: never lost
  std::optional<double> seconds_to_answer;
};

double Seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

Cost CostOf(const CallRecords& calls, const Outage& outage,
            std::optional<TimePoint> opened) {
  Cost cost;
  const std::optional<TimePoint> answer = FirstAnswer(calls, outage.back);
  if (answer) cost.seconds_to_answer = Seconds(*answer - outage.back);
  if (const auto reconnected = Reconnected(calls, outage.back)) {
    cost.seconds_to_reconnect = Seconds(*reconnected - outage.back);
  }
  for (const CallRecord& call : calls) {
    if (!call.ended || *call.ended < outage.gone) continue;
    if (call.began >= outage.back) {
      if (answer && call.began < *answer && call.ending != Ending::kOk) {
        ++cost.lost_after;
      }
      continue;
    }
    ++cost.calls;
    ++(call.ending == Ending::kOk       ? cost.ok
       : call.ending == Ending::kFailed ? cost.failed
                                        : cost.rejected);
    if (call.sent()) ++cost.sent;
    const Duration took = *call.ended - call.began;
    if (took > kLong) {
      ++cost.waited;
      if (!opened || call.began < *opened) ++cost.waited_early;
    }
    cost.seconds_waiting += Seconds(took);
  }
  return cost;
}

// Returns the time to the first answer from the first call after the server was
// back and the last opening was over.
std::optional<double> SecondsAfterOpen(const Evidence& evidence,
                                       TimePoint back) {
  const std::optional<TimePoint> answer = FirstAnswer(evidence.guarded, back);
  if (!answer) return std::nullopt;
  TimePoint begin = back;
  for (const fusebox::Transition& t : evidence.transitions) {
    if (t.to == fusebox::State::kOpen && t.at < *answer) {
      begin = std::max(back, t.at + t.open_duration);
    }
  }
  for (const CallRecord& call : evidence.guarded) {
    if (call.began >= begin) return Seconds(*answer - call.began);
  }
  return std::nullopt;
}

struct Comparison {
  const Outage& outage;
  Cost guarded;
  Cost plain;
  Cost unnudged;
  std::optional<double> seconds_after_open;
  std::optional<double> seconds_to_closed;
};

std::string FormatCount(double n) { return Fixed(n, 0); }
std::string FormatSeconds(double s) { return Fixed(s, s < 10 ? 2 : 1) + " s"; }

// Returns one line of the table: for each outage, a number with and one
// without.
class Row {
 public:
  Row(const Screen& screen, const std::string& label)
      : screen_(screen), text_(PadRight(label, kLabelWidth)) {}

  // Marks the better of the two numbers. Smaller is better.
  Row& Compare(std::optional<double> guarded, std::optional<double> plain,
               std::string (*format)(double), bool less_is_better) {
    const bool known = guarded && plain && less_is_better;
    Add(guarded, format, known && *guarded < *plain);
    Add(plain, format, known && *plain < *guarded);
    return *this;
  }

  void Print() const { screen_.Line(text_); }

 private:
  void Add(std::optional<double> n, std::string (*format)(double),
           bool better) {
    text_ += screen_.Paint(better ? Ink::kGreen : Ink::kPlain,
                           PadLeft(n ? format(*n) : "-", kNumberWidth));
  }

  const Screen& screen_;
  std::string text_;
};

void PrintTable(const Screen& screen, const std::vector<Comparison>& all) {
  std::string titles(kLabelWidth, ' ');
  std::string names(kLabelWidth, ' ');
  for (const Comparison& c : all) {
    titles += PadLeft("server " + c.outage.name + " for " +
                          FormatSeconds(Seconds(c.outage.back - c.outage.gone)),
                      2 * kNumberWidth);
    names += PadLeft("with", kNumberWidth) + PadLeft("without", kNumberWidth);
  }
  screen.Line(screen.Paint(Ink::kBold, titles));
  screen.Line(screen.Paint(Ink::kDim, names));

  const auto row = [&](const std::string& label, auto number_of,
                       std::string (*format)(double), bool less_is_better) {
    Row line(screen, label);
    for (const Comparison& c : all) {
      line.Compare(number_of(c.guarded), number_of(c.plain), format,
                   less_is_better);
    }
    line.Print();
  };
  const auto count = [&](const std::string& label, double Cost::*number,
                         bool less_is_better) {
    row(
        label,
        [number](const Cost& c) { return std::optional<double>(c.*number); },
        FormatCount, less_is_better);
  };
  count("calls during the outage [1]", &Cost::calls, false);
  count("  answered OK", &Cost::ok, false);
  count("  failed", &Cost::failed, false);
  count("  rejected by the breaker", &Cost::rejected, false);
  count("sent to the server anyway [2]", &Cost::sent, true);
  count("waited more than " + std::to_string(kLong.count()) + " ms",
        &Cost::waited, true);
  row(
      "total time spent waiting [3]",
      [](const Cost& c) { return std::optional<double>(c.seconds_waiting); },
      FormatSeconds, true);
  row(
      "from its return to gRPC's reconnection",
      [](const Cost& c) { return c.seconds_to_reconnect; }, FormatSeconds,
      true);
  row(
      "from its return to the first answer",
      [](const Cost& c) { return c.seconds_to_answer; }, FormatSeconds, true);
  count("  calls without success meanwhile", &Cost::lost_after, true);

  const auto breakers = [&](const std::string& label, auto seconds_of) {
    Row line(screen, label);
    for (const Comparison& c : all) {
      line.Compare(seconds_of(c), std::nullopt, FormatSeconds, false);
    }
    line.Print();
  };
  breakers("  to the first answer without the nudge [4]",
           [](const Comparison& c) { return c.unnudged.seconds_to_answer; });
  breakers("  first call after OPEN to first answer",
           [](const Comparison& c) { return c.seconds_after_open; });
  breakers("from its return to the circuit CLOSED",
           [](const Comparison& c) { return c.seconds_to_closed; });

  const auto note = [&](const std::string& text) {
    screen.Line(screen.Paint(Ink::kDim, text));
  };
  screen.Line("");
  note("[1] in flight at any moment from the signal until the server was back");
  note(
      "[2] began while the channel had a connection; without one, gRPC fails "
      "calls by itself");
  note("[3] sum over the calls of [1], from start to end, in all outcomes");
  note(
      "[4] for a third client, whose breaker leaves the channel to gRPC's "
      "backoff");
}

// Returns how long the first answer took once there was a connection.
double AfterReconnect(const Cost& cost) {
  return *cost.seconds_to_answer - cost.seconds_to_reconnect.value_or(0);
}

// Prints what the numbers mean, for and against the breaker.
void PrintReading(const Screen& screen, const Comparison& c) {
  const auto say = [&](const std::string& text) { screen.Line("  " + text); };
  screen.Line(screen.Paint(Ink::kBold, "Server " + c.outage.name + ":"));

  say("Waiting: " + FormatSeconds(c.guarded.seconds_waiting) +
      " in total with the breaker, " + FormatSeconds(c.plain.seconds_waiting) +
      " without.");
  const double unsent = c.plain.calls - c.plain.sent;
  if (unsent > c.plain.calls / 2) {
    say("If the server is completely down, calls hardly wait in either case: " +
        FormatCount(unsent) + " of the " + FormatCount(c.plain.calls));
    say("calls without a breaker began without a connection, and gRPC failed "
        "them by itself.");
  } else if (c.guarded.waited > 0) {
    say("Of the " + FormatCount(c.guarded.waited) +
        " calls that waited with the breaker, " +
        FormatCount(c.guarded.waited_early) +
        " were in flight when it opened. It cannot");
    say("help those. The others were its probes.");
  }

  if (!c.guarded.seconds_to_answer || !c.plain.seconds_to_answer) return;
  say("Recovery: the first answer came after " +
      FormatSeconds(*c.guarded.seconds_to_answer) + " with the breaker, " +
      FormatSeconds(*c.plain.seconds_to_answer) + " without.");
  if (c.guarded.seconds_to_reconnect && c.plain.seconds_to_reconnect) {
    say("Of that, gRPC took " + FormatSeconds(*c.guarded.seconds_to_reconnect) +
        " to reconnect when the breaker nudged it, and " +
        FormatSeconds(*c.plain.seconds_to_reconnect) + " by itself.");
    if (c.unnudged.seconds_to_answer) {
      say("With a breaker without the nudge, the first answer came after " +
          FormatSeconds(*c.unnudged.seconds_to_answer) +
          ", because its probes met gRPC's backoff.");
    }
  }
  const double added = AfterReconnect(c.guarded) - AfterReconnect(c.plain);
  constexpr double kNoticeable = 0.05;  // a few calls
  if (added > kNoticeable) {
    say("The breaker added " + FormatSeconds(added) +
        ", because it lets no call pass until OPEN is over.");
  } else {
    say("The breaker added no time in this run.");
  }
}

}  // namespace

std::optional<TimePoint> Opened(
    const std::vector<fusebox::Transition>& transitions, TimePoint gone) {
  for (const fusebox::Transition& t : transitions) {
    if (t.at >= gone && t.from == fusebox::State::kClosed &&
        t.to == fusebox::State::kOpen) {
      return t.at;
    }
  }
  return std::nullopt;
}

std::optional<TimePoint> ClosedAgain(
    const std::vector<fusebox::Transition>& transitions, TimePoint gone) {
  const std::optional<TimePoint> opened = Opened(transitions, gone);
  for (const fusebox::Transition& t : transitions) {
    if (opened && t.at > *opened && t.to == fusebox::State::kClosed) {
      return t.at;
    }
  }
  return std::nullopt;
}

void PrintReport(const Screen& screen, const Evidence& evidence) {
  std::vector<Comparison> comparisons;
  for (const Outage& outage : evidence.outages) {
    std::optional<double> seconds_to_closed;
    if (const auto closed = ClosedAgain(evidence.transitions, outage.gone)) {
      seconds_to_closed = std::max(0.0, Seconds(*closed - outage.back));
    }
    const auto opened = Opened(evidence.transitions, outage.gone);
    comparisons.push_back({outage, CostOf(evidence.guarded, outage, opened),
                           CostOf(evidence.plain, outage, opened),
                           CostOf(evidence.unnudged, outage, opened),
                           SecondsAfterOpen(evidence, outage.back),
                           seconds_to_closed});
  }
  screen.Line("");
  screen.Line(
      screen.Rule(kLabelWidth + 2 * kNumberWidth * evidence.outages.size()));
  PrintTable(screen, comparisons);
  screen.Line("");
  for (const Comparison& comparison : comparisons) {
    PrintReading(screen, comparison);
  }
}

std::vector<std::string> FindMissing(const Evidence& evidence) {
  std::vector<std::string> missing;
  for (const Outage& outage : evidence.outages) {
    const auto expect = [&](bool happened, const std::string& what) {
      if (!happened) missing.push_back(outage.name + ": " + what);
    };
    expect(outage.went, "the server did not stop");
    expect(outage.came, "the server did not come back");
    expect(Opened(evidence.transitions, outage.gone).has_value(),
           "the circuit did not open");
    expect(ClosedAgain(evidence.transitions, outage.gone).has_value(),
           "the circuit did not close again");
    expect(FirstAnswer(evidence.guarded, outage.back).has_value(),
           "the client with a breaker was not answered again");
    expect(FirstAnswer(evidence.plain, outage.back).has_value(),
           "the client without a breaker was not answered again");
    expect(FirstAnswer(evidence.unnudged, outage.back).has_value(),
           "the client without the nudge was not answered again");
  }
  return missing;
}

}  // namespace outage
