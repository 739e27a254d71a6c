#include "fusebox/grpc/fallback_kind.h"

#include <ostream>
#include <string_view>

namespace fusebox {

std::string_view Name(FallbackKind kind) {
  static constexpr char kHandler[] = "handler";
  static constexpr char kStale[] = "stale";
  return kind == FallbackKind::kStale ? kStale : kHandler;
}

std::ostream& operator<<(std::ostream& os, FallbackKind kind) {
  return os << Name(kind);
}

}  // namespace fusebox
