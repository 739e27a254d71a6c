// breaker_notes.h: what events say about a breaker that it does not know: the
// newest one's number, and how the call that opened the circuit failed.

#ifndef FUSEBOX_ADMIN_INTERNAL_BREAKER_NOTES_H_
#define FUSEBOX_ADMIN_INTERNAL_BREAKER_NOTES_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "fusebox/base/mutex.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/registry.h"
#include "fusebox/registry/subscription.h"

namespace fusebox::internal {

// Listens from its making to its end. Thread-safe.
class BreakerNotes {
 public:
  struct Note {
    uint64_t last_event = 0;

    // Of the last opening: CauseText(), and the generation that it began.
    std::string cause;
    uint64_t opened = 0;
  };

  // REQUIRES: `registry` is not null.
  explicit BreakerNotes(const std::shared_ptr<Registry>& registry);

  BreakerNotes(const BreakerNotes&) = delete;
  BreakerNotes& operator=(const BreakerNotes&) = delete;

  // Of all breakers of which there were events.
  std::map<BreakerName, Note> Read() const FUSEBOX_EXCLUDES(mu_);

 private:
  void OnEvent(const Event& event) FUSEBOX_EXCLUDES(mu_);

  mutable Mutex mu_;
  std::map<BreakerName, Note> notes_ FUSEBOX_GUARDED_BY(mu_);

  const Subscription subscription_;  // last: its listener uses the rest
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_BREAKER_NOTES_H_
