// connectivity.h: what a caller knows of the way to its backend.
//
//   fusebox::Admission admission =
//       breaker->Acquire(now, fusebox::CallShape::kUnary, &connectivity);
//
// A probe that fails without having reached the backend says nothing about it.
// So a breaker whose opening is over asks whether the way is down before it
// spends a probe. RPCs know it by their channel (grpc/channel_link.h).

#ifndef FUSEBOX_CORE_CONNECTIVITY_H_
#define FUSEBOX_CORE_CONNECTIVITY_H_

#include <chrono>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/export.h"

namespace fusebox {

// How long a connection may take: so long calls that know the way to be down
// are turned away once their opening is over, and no longer.
inline constexpr Duration kReconnectTime = std::chrono::seconds(1);

// Asked by Acquire() on the caller's thread, outside every lock, and only while
// the circuit is OPEN. Need not be thread-safe.
class FUSEBOX_EXPORT Connectivity {
 public:
  virtual ~Connectivity() = default;

  // Whether a call would fail now without having reached the backend. Asked
  // when the opening is over, in ENFORCE.
  virtual bool IsDown() noexcept = 0;

  // Whether the way is up at `now` and was seen down at or after `since`, when
  // the opening began. Asked before the opening is over, where
  // half_open.early_on_reconnect is set.
  virtual bool HasComeBack(TimePoint since, TimePoint now) noexcept = 0;
};

}  // namespace fusebox

#endif  // FUSEBOX_CORE_CONNECTIVITY_H_
