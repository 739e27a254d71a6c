// event.h: what happens to a registry's breakers, for listeners.
//
//   const auto subscription =
//       registry->Subscribe([](const fusebox::Event& event) {
//         if (event.type == fusebox::EventType::kTransition) ...
//       });
//
// Every transition, every change of mode and every change of config causes an
// event. Rejections, probes, broken streams, fallbacks and overflows can happen
// thousands of times per second, so they are sampled: each kind causes at most
// ten events per second per breaker. The `count` of an event contains the
// occurrences that had no event of their own. The rest of a burst is reported
// within half a second of its last call, and before the breaker's next
// transition.

#ifndef FUSEBOX_REGISTRY_EVENT_H_
#define FUSEBOX_REGISTRY_EVENT_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/breaker_name.h"

namespace fusebox {

enum class EventType : uint8_t {
  kTransition,     // a circuit changed its state, or was reset
  kMode,           // the mode of a circuit changed
  kRejection,      // calls were rejected, or would have been (DRY_RUN)
  kProbe,          // a probe begins, or has ended
  kBrokenStream,   // a stream broke after its first message had settled it
  kFallback,       // a fallback answered a rejected call
  kConfigUpdated,  // another config is in force
  kConfigRefused,  // a config had problems; the old one stays in force
  kRetired,        // a breaker has left the registry
  kOverflow,       // calls met "other", because a limit was reached
};
inline constexpr int kEventTypeCount = 10;

// Returns "TRANSITION", "CONFIG_REFUSED", and so on.
FUSEBOX_EXPORT std::string_view Name(EventType type);

// Returns whether such events are about single calls. Those are sampled.
constexpr bool IsOfCalls(EventType type) {
  return type == EventType::kRejection || type == EventType::kProbe ||
         type == EventType::kBrokenStream || type == EventType::kFallback ||
         type == EventType::kOverflow;
}

// How one call failed.
struct FailedCall {
  absl::StatusCode code = absl::StatusCode::kUnknown;
  std::string message;   // of its status, cut to Event::kMaxDetail bytes
  std::string address;   // of the server that sent the status, if one did
  Duration duration{0};  // from its start to its status
  TimePoint at{};        // when it ended
};

// Who put a config into force, or tried to.
struct ConfigOrigin {
  enum class Kind : uint8_t {
    kCode,      // the application's own code
    kFile,      // a file that the process follows (config_file.h)
    kOperator,  // somebody who called the admin service
  };
  Kind kind = Kind::kCode;

  // The path of the file; who the operator is, or empty if nobody knows.
  std::string name;
};
inline constexpr int kConfigOriginKinds = 3;

// Returns "CODE", "FILE" or "OPERATOR".
FUSEBOX_EXPORT std::string_view Name(ConfigOrigin::Kind kind);

// One event. It owns all that it holds, so a copy may outlive the registry.
struct Event {
  // Counts all events of the registry, from 1. A gap means that the events in
  // between were dropped because listeners were too slow.
  uint64_t sequence = 0;

  EventType type = EventType::kTransition;

  // When it happened, on the registry's clock and, for people, about the same
  // on the wall clock.
  TimePoint at{};
  std::chrono::system_clock::time_point wall;

  // The breaker, or null if the event is about the config.
  std::shared_ptr<const BreakerName> breaker;

  // kTransition, kMode: the change.
  Transition transition;

  // kRejection: why the call was rejected, the state of the circuit, and when
  // to retry. `enforced` is false if DRY_RUN let the call pass.
  RejectionReason reason = RejectionReason::kOpen;
  State state = State::kClosed;
  std::optional<Duration> retry_after;
  bool enforced = true;

  // kProbe: the verdict, or absent if the probe begins.
  std::optional<Outcome> outcome;

  // kTransition: the call that caused it, if there was one. kProbe that has
  // ended, kBrokenStream: the call itself. The status code of the call, the
  // message of its status, cut to kMaxDetail bytes, how long it took, and the
  // address of the server that sent the status ("10.0.0.7:443"), if one did and
  // gRPC knows it.
  // kConfigRefused: `detail` says what is wrong, uncut. kOverflow: `detail` is
  // the name of the breaker that one of the calls would have met.
  std::optional<absl::StatusCode> code;
  std::string detail;
  Duration duration{0};
  std::string address;

  // kRejection, kProbe, kBrokenStream, kFallback, kOverflow: the number of them
  // since the last such event of this breaker, including this one. If it
  // reports what remained of a burst, `retry_after`, `detail` and `duration`
  // are not set.
  uint64_t count = 1;

  // kRetired: the breaker as it was when it left, with all that it has counted.
  std::shared_ptr<const Snapshot> last;

  // kConfigUpdated, kConfigRefused: the generation of the config in force, and
  // who put a config into force or tried to. `detail` of kConfigUpdated says
  // what has changed, and which operator's config a file has replaced.
  uint64_t config_generation = 0;
  ConfigOrigin origin;

  // kMode, kTransition: the operator's action that caused the event, or null.
  // Setting a mode that is set already causes an event, too.
  std::shared_ptr<const OperatorAct> act;

  static constexpr size_t kMaxDetail = 200;
};

using EventListener = std::function<void(const Event&)>;

// For a listener that sums up events. It is called on the listener's thread
// after it has heard all events so far, and when it has missed some. `missed`
// says how many those are in total. `now` is a time on the registry's clock. If
// it returns true, it is called again a tenth of a second later, and else after
// ten seconds.
using ListenerLook = std::function<bool(TimePoint now, uint64_t missed)>;

// Which events a listener hears.
enum class EventFilter : uint8_t {
  kAll,

  // All but the events of single calls (IsOfCalls()). If all listeners of a
  // registry use this filter, those events are not even made.
  kWithoutCalls,
};

}  // namespace fusebox

#endif  // FUSEBOX_REGISTRY_EVENT_H_
