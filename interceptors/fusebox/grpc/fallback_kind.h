// fallback_kind.h: says which kind of fallback answered a rejected call.

#ifndef FUSEBOX_GRPC_FALLBACK_KIND_H_
#define FUSEBOX_GRPC_FALLBACK_KIND_H_

#include <cstdint>
#include <iosfwd>
#include <string_view>

#include "fusebox/base/internal/export.h"

namespace fusebox {

// The key of the trailer that an answered call gets. Its value is the kind's
// name.
inline constexpr char kFallbackTrailer[] = "fusebox-fallback";

// What answered the call.
enum class FallbackKind : uint8_t {
  kHandler,  // "handler": a function of yours
  kStale,    // "stale": an earlier response to an equal request
};

// Returns the name of a kind. It points to the same characters each time, so
// that GetFallback() can tell a trailer of this process from one that a server
// sent.
FUSEBOX_EXPORT std::string_view Name(FallbackKind kind);
FUSEBOX_EXPORT std::ostream& operator<<(std::ostream& os, FallbackKind kind);

}  // namespace fusebox

#endif  // FUSEBOX_GRPC_FALLBACK_KIND_H_
