// event_text.h: describes an event to people, on one line.
//
//   std::cerr << fusebox::EventText(event) << "\n";
//
// The text has no control characters, whatever a name or a server's message
// holds. It may change from one version to the next, so programs should read
// the fields of the event instead.

#ifndef FUSEBOX_LOG_EVENT_TEXT_H_
#define FUSEBOX_LOG_EVENT_TEXT_H_

#include <optional>
#include <string>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/core/transition.h"
#include "fusebox/registry/event.h"

namespace fusebox {

// Returns "UNAVAILABLE: Connection refused, from 10.0.0.7:443". Leaves out what
// gRPC writes before the reason ("failed to connect to all addresses; last
// error: ...").
FUSEBOX_EXPORT std::string FailedCallText(const FailedCall& call);

// Returns what opened the circuit or changed its state: "5 consecutive
// failures, last UNAVAILABLE: Connection refused, from 10.0.0.7:443".
FUSEBOX_EXPORT std::string CauseText(const Cause& cause,
                                     const std::optional<FailedCall>& call);

// The same of a TRANSITION.
FUSEBOX_EXPORT std::string CauseText(const Event& event);

// Returns how long an outage has lasted at `now`, and what it has cost: "1m12s,
// 7 openings, 5,220 calls rejected".
FUSEBOX_EXPORT std::string OutageText(const Outage& outage, TimePoint now);

// Returns "/shop.v1.Cart/Checkout on shop:443: CLOSED -> OPEN for 5s: 5
// consecutive failures, last UNAVAILABLE: connection refused"
FUSEBOX_EXPORT std::string EventText(const Event& event);

// Returns the same without the breaker: "CLOSED -> OPEN for 5s: ...".
FUSEBOX_EXPORT std::string EventTextOnly(const Event& event);

}  // namespace fusebox

#endif  // FUSEBOX_LOG_EVENT_TEXT_H_
