#include "fusebox/registry/event.h"

#include <ostream>
#include <string_view>

namespace fusebox {

std::string_view Name(EventType type) {
  switch (type) {
    case EventType::kTransition:
      return "TRANSITION";
    case EventType::kMode:
      return "MODE";
    case EventType::kRejection:
      return "REJECTION";
    case EventType::kProbe:
      return "PROBE";
    case EventType::kBrokenStream:
      return "BROKEN_STREAM";
    case EventType::kFallback:
      return "FALLBACK";
    case EventType::kConfigUpdated:
      return "CONFIG_UPDATED";
    case EventType::kConfigRefused:
      return "CONFIG_REFUSED";
  }
  return "?";
}

std::ostream& operator<<(std::ostream& os, EventType type) {
  return os << Name(type);
}

}  // namespace fusebox
