// event_text.h: events, said to people on one line each.
//
// Whatever a name or a server's message holds, what comes out is one line
// without control characters. Programs read the fields, never the text: it may
// change.

#ifndef FUSEBOX_LOG_EVENT_TEXT_H_
#define FUSEBOX_LOG_EVENT_TEXT_H_

#include <string>

#include "fusebox/registry/event.h"

namespace fusebox {

// What opened the circuit, or changed its state: "5 consecutive failures, last
// UNAVAILABLE: connection refused". REQUIRES: `event` is a TRANSITION.
std::string CauseText(const Event& event);

// "/shop.v1.Cart/Checkout on shop:443: CLOSED -> OPEN for 5s: 5 consecutive
// failures, last UNAVAILABLE: connection refused"
std::string EventText(const Event& event);

// The same without its breaker: "CLOSED -> OPEN for 5s: ...".
std::string EventTextOnly(const Event& event);

}  // namespace fusebox

#endif  // FUSEBOX_LOG_EVENT_TEXT_H_
