#include "fusebox/registry/event.h"

#include <string_view>

#include "fusebox/base/internal/enum_name.h"

namespace fusebox {

std::string_view Name(EventType type) {
  constexpr std::string_view kNames[] = {
      "TRANSITION",    "MODE",     "REJECTION",      "PROBE",
      "BROKEN_STREAM", "FALLBACK", "CONFIG_UPDATED", "CONFIG_REFUSED",
      "RETIRED",       "OVERFLOW"};
  return internal::EnumName<kEventTypeCount>(kNames, type);
}

std::string_view Name(ConfigOrigin::Kind kind) {
  constexpr std::string_view kNames[] = {"CODE", "FILE", "OPERATOR"};
  return internal::EnumName<kConfigOriginKinds>(kNames, kind);
}

}  // namespace fusebox
