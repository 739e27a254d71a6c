// event_text.h: describes an event to people, on one line.
//
// The text has no control characters, whatever a name or a server's message
// holds. It may change from one version to the next, so programs should read
// the fields of the event instead.

#ifndef FUSEBOX_LOG_EVENT_TEXT_H_
#define FUSEBOX_LOG_EVENT_TEXT_H_

#include <string>

#include "fusebox/registry/event.h"

namespace fusebox {

// Returns what opened the circuit or changed its state: "5 consecutive
// failures, last UNAVAILABLE: connection refused". REQUIRES: `event` is a
// TRANSITION.
std::string CauseText(const Event& event);

// Returns "/shop.v1.Cart/Checkout on shop:443: CLOSED -> OPEN for 5s: 5
// consecutive failures, last UNAVAILABLE: connection refused"
std::string EventText(const Event& event);

// Returns the same without the breaker: "CLOSED -> OPEN for 5s: ...".
std::string EventTextOnly(const Event& event);

}  // namespace fusebox

#endif  // FUSEBOX_LOG_EVENT_TEXT_H_
