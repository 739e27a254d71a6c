#include "fusebox/admin/internal/breaker_notes.h"

#include <map>
#include <memory>
#include <utility>

#include "fusebox/base/mutex.h"
#include "fusebox/core/types.h"
#include "fusebox/log/event_text.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/registry.h"

namespace fusebox::internal {

BreakerNotes::BreakerNotes(const std::shared_ptr<Registry>& registry)
    : subscription_(
          registry->Subscribe([this](const Event& event) { OnEvent(event); })) {
}

std::map<BreakerName, BreakerNotes::Note> BreakerNotes::Read() const {
  MutexLock lock(mu_);
  return notes_;
}

void BreakerNotes::OnEvent(const Event& event) {
  if (event.breaker == nullptr) return;
  MutexLock lock(mu_);
  Note& note = notes_[*event.breaker];
  note.last_event = event.sequence;
  if (event.type == EventType::kTransition &&
      event.transition.to == State::kOpen) {
    note.cause = CauseText(event);
    note.opened = event.transition.generation;
  }
}

}  // namespace fusebox::internal
