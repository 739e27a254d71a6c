// timeline.h: prints the story as it happens: one row every half second, and
// one line for each event in between.

#ifndef DEMO_TIMELINE_H_
#define DEMO_TIMELINE_H_

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "demo/ledger.h"
#include "demo/screen.h"
#include "demo/transition_log.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"

namespace outage {

// Prints on the thread that calls it.
class Timeline {
 public:
  // Time starts now. If `interrupted` is set, every Watch() returns early.
  Timeline(const Screen& screen, const Ledger& guarded, const Ledger& plain,
           TransitionLog& log, const std::atomic<bool>& interrupted);

  // Prints the names of the columns.
  void PrintHeader() const;

  // Prints what happens for at least `least`, and then until `enough` returns
  // true, but for at most `most`.
  void Watch(Duration least, Duration most,
             const std::function<bool()>& enough);
  void Watch(Duration length);

  // Prints an event that happened at `at`.
  void Tell(TimePoint at, Ink ink, const std::string& what);

  // Returns the breaker's state after the last transition.
  fusebox::State state() const { return state_; }

  // Returns the transitions so far, in order.
  const std::vector<fusebox::Transition>& transitions() const {
    return transitions_;
  }

 private:
  // Prints all rows and transitions that are due, in the order of their times.
  void CatchUp();
  void PrintRow(TimePoint begin, TimePoint end) const;
  void PrintEvent(TimePoint at, Ink ink, const std::string& text) const;
  void PrintTransition(const fusebox::Transition& transition) const;

  const Screen& screen_;
  const Ledger& guarded_;
  const Ledger& plain_;
  TransitionLog& log_;
  const std::atomic<bool>& interrupted_;
  const TimePoint start_;
  TimePoint next_row_;
  fusebox::State state_ = fusebox::State::kClosed;
  std::vector<fusebox::Transition> transitions_;
};

}  // namespace outage

#endif  // DEMO_TIMELINE_H_
