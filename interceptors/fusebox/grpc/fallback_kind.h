// fallback_kind.h: who answered a rejected call.

#ifndef FUSEBOX_GRPC_FALLBACK_KIND_H_
#define FUSEBOX_GRPC_FALLBACK_KIND_H_

#include <cstdint>
#include <iosfwd>
#include <string_view>

namespace fusebox {

// The trailer of a call that a fallback answered; its value is the kind's name.
inline constexpr char kFallbackTrailer[] = "fusebox-fallback";

// Who answered.
enum class FallbackKind : uint8_t {
  kHandler,  // "handler": a function for the method
  kStale,    // "stale": an earlier response to an equal request
};

// Names the same characters each time, by which a trailer that was made here is
// told from one that a server sent.
std::string_view Name(FallbackKind kind);
std::ostream& operator<<(std::ostream& os, FallbackKind kind);

}  // namespace fusebox

#endif  // FUSEBOX_GRPC_FALLBACK_KIND_H_
