// breaker_text.h: describes a breaker of the admin service for people.

#ifndef FUSEBOX_TOOLS_TEXT_BREAKER_TEXT_H_
#define FUSEBOX_TOOLS_TEXT_BREAKER_TEXT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/v1/admin.pb.h"
#include "tools/text/table.h"
#include "tools/text/terminal.h"

namespace fusebox::tool {

// Returns the library's BreakerText(), safe for a terminal:
// "/shop.v1.Cart/Checkout [tenant] on shop:443".
std::string NameText(const v1::BreakerName& name);

// Returns "OPEN", or the number of a state that this tool does not know.
std::string StateText(v1::State state);
Colour ColourOf(v1::State state);

// Returns "ENFORCE", or "FORCED_OPEN*, 9m58s left" if an operator set the mode.
// `age` is the time since the process reported the breaker.
std::string ModeText(const v1::Breaker& breaker, Duration age);
std::string ModeName(v1::Policy::Mode mode);

// Returns "in 12s", "next call" or "1 in flight". Returns an empty string if
// the breaker needs no probe.
std::string ProbeText(const v1::Breaker& breaker, Duration age);

// Returns what the rules count, with their thresholds: "2/5 in a row, 37%/50%
// of 48". Returns "1/2 probes succeeded" in HALF_OPEN, and an empty string in
// OPEN.
std::string FailuresText(const v1::Breaker& breaker);

// Returns the time since the circuit left CLOSED or, if it is CLOSED, since it
// has been so. Returns an empty string if it was never in another state.
std::string SinceText(const v1::Breaker& breaker, Duration age);

// Returns the time since the state began, or an empty string.
std::string InStateText(const v1::Breaker& breaker, Duration age);

// Returns how many calls were rejected for any reason.
uint64_t Rejected(const v1::Totals& totals);

// Returns why the circuit is not CLOSED, in the words of the process: what
// began the outage, and what opened the circuit again: "5 consecutive failures,
// last UNAVAILABLE: Connection refused; then a probe failed: UNAVAILABLE: ...".
std::string WhyText(const v1::Breaker& breaker);

// Returns the first part of it, which circuits that one fault has opened have
// in common.
std::string FirstWhyText(const v1::Breaker& breaker);

// The table in `fusebox list` and `fusebox watch`. On a narrow terminal, a row
// has fewer columns, and FirstWhyText() has lines of its own, which rows that
// follow one another share if it is the same.
class BreakerTable {
 public:
  explicit BreakerTable(const Style& style);

  // `age` is the time since the process reported the breaker. A row that is not
  // `fresh` may no longer be true.
  void Add(const std::string& process, const v1::Breaker& breaker, Duration age,
           bool fresh = true);

  bool empty() const { return table_.empty(); }

  // Returns how many lines the breaker's row takes, next to that of
  // `neighbour`, which may be null.
  size_t LinesOf(const v1::Breaker& breaker,
                 const v1::Breaker* neighbour) const;

  bool narrow() const { return narrow_; }

  std::vector<std::string> Lines() const { return table_.Lines(style_); }

 private:
  const Style style_;
  const bool narrow_;
  Table table_;
};

// Returns the event as one printable line, whatever the process sent.
std::string EventText(const v1::Event& event);
Colour ColourOf(const v1::Event& event);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_TEXT_BREAKER_TEXT_H_
