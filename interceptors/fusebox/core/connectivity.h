// connectivity.h: tells a breaker whether the connection to its backend is up.
//
//   fusebox::Admission admission =
//       breaker->Acquire(now, fusebox::CallShape::kUnary, &connectivity);
//
// A probe that fails before it reaches the backend says nothing about the
// backend. Therefore, before a breaker spends a probe, it asks whether the
// connection is down. Fusebox's channels answer for RPCs
// (grpc/internal/channel_link.h).

#ifndef FUSEBOX_CORE_CONNECTIVITY_H_
#define FUSEBOX_CORE_CONNECTIVITY_H_

#include <chrono>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/export.h"

namespace fusebox {

// How long a breaker waits for a connection after an opening is over, or after
// an outage was reset. The first call that finds the connection down begins the
// wait. During it such calls are rejected; after it the next call passes in any
// case.
inline constexpr Duration kReconnectTime = std::chrono::seconds(1);

// Acquire() calls it on the caller's thread, outside every lock, and only while
// the circuit is OPEN or after it was reset. It need not be thread-safe.
class FUSEBOX_EXPORT Connectivity {
 public:
  virtual ~Connectivity() = default;

  // Returns whether a call would fail now before it reaches the backend. Called
  // after the opening is over or the circuit was reset, if the mode is ENFORCE.
  virtual bool IsDown() noexcept = 0;

  // Returns whether the connection is up at `now` and was seen down at or after
  // `since`, when the opening began. Called before the opening is over, if
  // half_open.early_on_reconnect is set.
  virtual bool HasComeBack(TimePoint since, TimePoint now) noexcept = 0;

 protected:
  Connectivity() = default;
  Connectivity(const Connectivity&) = default;
  Connectivity& operator=(const Connectivity&) = default;
};

}  // namespace fusebox

#endif  // FUSEBOX_CORE_CONNECTIVITY_H_
