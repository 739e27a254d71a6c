#include "fusebox/base/internal/thread_number.h"

#include <atomic>
#include <cstddef>

namespace fusebox::internal {

size_t NewThreadNumber() noexcept {
  static std::atomic<size_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace fusebox::internal
