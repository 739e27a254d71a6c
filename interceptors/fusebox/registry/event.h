// event.h: what happens to a registry's breakers, told to who listens.
//
//   const auto subscription =
//       registry->Subscribe([](const fusebox::Event& event) {
//         if (event.type == fusebox::EventType::kTransition) ...
//       });
//
// Every transition, change of mode and change of config is told. What can
// happen thousands of times a second (rejections, probes, broken streams,
// fallbacks) is told ten times a second a breaker and kind at most, with how
// many there were since it was last told.

#ifndef FUSEBOX_REGISTRY_EVENT_H_
#define FUSEBOX_REGISTRY_EVENT_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "fusebox/base/clock.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/breaker_name.h"

namespace fusebox {

enum class EventType : uint8_t {
  kTransition,     // a circuit changed its state, or was reset
  kMode,           // its mode changed
  kRejection,      // calls were rejected, or would have been (DRY_RUN)
  kProbe,          // a probe begins, or has ended
  kBrokenStream,   // a stream broke after its first message settled it
  kFallback,       // a fallback answered
  kConfigUpdated,  // the registry goes by another config
  kConfigRefused,  // a config had problems; the old one stays
};
inline constexpr int kEventTypeCount = 8;

// "TRANSITION", "CONFIG_REFUSED".
std::string_view Name(EventType type);
std::ostream& operator<<(std::ostream& os, EventType type);

// Whether such events come of single calls: there may be many, and they are
// sampled.
constexpr bool IsOfCalls(EventType type) {
  return type == EventType::kRejection || type == EventType::kProbe ||
         type == EventType::kBrokenStream || type == EventType::kFallback;
}

// One event. Owns all that it holds: a copy may outlive the registry.
struct Event {
  // Of all events of the registry, from 1. A gap: what is missing was dropped,
  // because listeners were too slow.
  uint64_t sequence = 0;

  EventType type = EventType::kTransition;
  TimePoint at{};                              // on the registry's clock
  std::chrono::system_clock::time_point wall;  // about the same, for people

  // Null where the event is about the config.
  std::shared_ptr<const BreakerName> breaker;

  // kTransition, kMode.
  Transition transition;

  // kRejection: why, in which state, and when to come back. `enforced` is false
  // where DRY_RUN let the call pass.
  RejectionReason reason = RejectionReason::kOpen;
  State state = State::kClosed;
  std::optional<Duration> retry_after;
  bool enforced = true;

  // kProbe: absent where it begins.
  std::optional<Outcome> outcome;

  // kTransition: the call that caused it, where one did. kProbe that has ended,
  // kBrokenStream: the call itself. Its code, its status's message (at most
  // `kMaxDetail` bytes) and how long it took. kConfigRefused: what is wrong is
  // the `detail`, whole.
  std::optional<absl::StatusCode> code;
  std::string detail;
  Duration duration{0};

  // kRejection, kProbe, kBrokenStream, kFallback: how many there were since the
  // last such event of this breaker, this one included.
  uint64_t count = 1;

  // kConfigUpdated, kConfigRefused: of the config that is in force now.
  uint64_t config_generation = 0;

  static constexpr size_t kMaxDetail = 200;
};

using EventListener = std::function<void(const Event&)>;

// Which events a listener hears.
enum class EventFilter : uint8_t {
  kAll,

  // All but the events of single calls (IsOfCalls()). If all listeners of a
  // registry use this filter, those events are not even made.
  kWithoutCalls,
};

}  // namespace fusebox

#endif  // FUSEBOX_REGISTRY_EVENT_H_
