// breaker_text.h: a breaker of the admin service as text for people.

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

// Returns "/shop.v1.Cart/Checkout [tenant]", or "every method" for a breaker
// that all methods share.
std::string MethodText(const v1::BreakerName& name);

// Returns the same, followed by " on TARGET" if the breaker has a target.
std::string NameText(const v1::BreakerName& name);

// Returns "OPEN", or the number of a state that this tool does not know.
std::string StateText(v1::State state);
Colour ColourOf(v1::State state);

// Returns "ENFORCE", or "FORCED_OPEN*, 9m58s left" if an operator set the mode.
// Here and below, `age` is the time since the process reported the breaker.
std::string ModeText(const v1::Breaker& breaker, Duration age);
std::string ModeName(v1::Policy::Mode mode);

// Returns "in 12s", "next call" or "1 in flight"; empty if no probe is due.
std::string ProbeText(const v1::Breaker& breaker, Duration age);

// Returns what the rules count, with their thresholds: "2/5 in a row, 37%/50%
// of 48", or "1/2 probes succeeded" in HALF_OPEN. Empty in OPEN.
std::string FailuresText(const v1::Breaker& breaker);

// Returns the time since the state began; empty if it is the first state.
std::string InStateText(const v1::Breaker& breaker, Duration age);

// Returns how many calls were rejected for any reason.
uint64_t Rejected(const v1::Totals& totals);

// Returns whether the breaker is not CLOSED, or an operator set its mode.
bool IsTroubled(const v1::Breaker& breaker);

// The columns and a row of the table in `fusebox list` and `fusebox watch`.
std::vector<Column> BreakerColumns();
std::vector<Cell> BreakerRow(const std::string& process,
                             const v1::Breaker& breaker, Duration age);

// Returns the event as one printable line, whatever the process sent.
std::string EventText(const v1::Event& event);
Colour ColourOf(const v1::Event& event);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_TEXT_BREAKER_TEXT_H_
