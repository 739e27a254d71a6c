// settled_reading.h: finds out when a file that somebody writes is complete.
//
// A file that is rewritten in place is empty at first and half-written later,
// and either may be a valid config. No reader can see that from the text.
// Therefore a change counts only when two readings in a row find the same.

#ifndef FUSEBOX_REGISTRY_INTERNAL_SETTLED_READING_H_
#define FUSEBOX_REGISTRY_INTERNAL_SETTLED_READING_H_

#include <utility>

#include "absl/status/statusor.h"
#include "fusebox/policy/config.h"

namespace fusebox::internal {

// Not thread-safe.
class SettledReading {
 public:
  // `reading` counts already.
  explicit SettledReading(absl::StatusOr<Config> reading)
      : settled_(std::move(reading)), last_(settled_) {}

  // Takes the next reading. Returns true if it is a change that counts: if it
  // differs from get() and is equal to the reading before. With `complete`, it
  // need not be equal to the reading before.
  bool Take(absl::StatusOr<Config> reading, bool complete) {
    const bool settled = complete || Same(reading, last_);
    last_ = std::move(reading);
    if (!settled || Same(last_, settled_)) return false;
    settled_ = last_;
    return true;
  }

  // Returns the last reading that counted: a config, or what was wrong with it.
  const absl::StatusOr<Config>& get() const { return settled_; }

 private:
  static bool Same(const absl::StatusOr<Config>& a,
                   const absl::StatusOr<Config>& b) {
    return a.status() == b.status() && (!a.ok() || *a == *b);
  }

  absl::StatusOr<Config> settled_;
  absl::StatusOr<Config> last_;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_REGISTRY_INTERNAL_SETTLED_READING_H_
