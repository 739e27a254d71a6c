#include "fusebox/core/transition.h"

#include <string_view>

#include "fusebox/base/internal/enum_name.h"
#include "fusebox/base/internal/no_throw.h"

namespace fusebox {

using internal::NoThrow;

std::string_view Name(OperatorAct::Kind kind) {
  constexpr std::string_view kNames[] = {"SET", "RENEWED", "CLEARED", "EXPIRED",
                                         "RESET"};
  return internal::EnumName<kOperatorActKinds>(kNames, kind);
}

void InlineDelivery::Flush() noexcept {
  if (flushes_.fetch_add(1, std::memory_order_acq_rel) != 0) return;
  uint64_t served = 1;
  do {
    Transition transition;
    while (queue_.Pop(&transition)) {
      if (!NoThrow([&] { listener_(transition); })) {
        listener_errors_.fetch_add(1, std::memory_order_relaxed);
      }
    }
    // Threads that flushed meanwhile returned at once and rely on another
    // round.
    served = flushes_.fetch_sub(served, std::memory_order_acq_rel) - served;
  } while (served != 0);
}

}  // namespace fusebox
