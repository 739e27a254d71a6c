// breaker_text.h: a breaker as the admin service tells of it, for people.

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

// "/shop.v1.Cart/Checkout [tenant]"; "every method" where that shares it.
std::string MethodText(const v1::BreakerName& name);

// The same with " on TARGET", where it has one.
std::string NameText(const v1::BreakerName& name);

// "OPEN"; the number where this tool is older than the state.
std::string StateText(v1::State state);
Colour ColourOf(v1::State state);

// "ENFORCE"; "FORCED_OPEN*, 9m58s left": set by an operator. `age` is how old
// what the process said is, as below.
std::string ModeText(const v1::Breaker& breaker, Duration age);
std::string ModeName(v1::Policy::Mode mode);

// "in 12s", "next call", "1 in flight"; empty where there is none to come.
std::string ProbeText(const v1::Breaker& breaker, Duration age);

// What the rules look at against their thresholds: "2/5 in a row, 37%/50% of 48
// calls"; HALF_OPEN: "1/2 probes succeeded". Empty in OPEN.
std::string FailuresText(const v1::Breaker& breaker);

// How long it has been in its state; empty if it was never in another.
std::string InStateText(const v1::Breaker& breaker, Duration age);

uint64_t Rejected(const v1::Totals& totals);

// Not CLOSED, or held by an operator.
bool IsTroubled(const v1::Breaker& breaker);

// The table that `fusebox list` and `fusebox watch` show.
std::vector<Column> BreakerColumns();
std::vector<Cell> BreakerRow(const std::string& process,
                             const v1::Breaker& breaker, Duration age);

// The event for people, whatever the process sent.
std::string EventText(const v1::Event& event);
Colour ColourOf(const v1::Event& event);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_TEXT_BREAKER_TEXT_H_
