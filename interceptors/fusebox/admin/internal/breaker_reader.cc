#include "fusebox/admin/internal/breaker_reader.h"

#include <unistd.h>

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fusebox/admin/internal/mode_limits.h"
#include "fusebox/admin/internal/view.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/mutex.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/types.h"
#include "fusebox/log/event_text.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/registry.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox::internal {
namespace {

// Names this run of the process. It is another one after a restart or a fork.
std::string Incarnation() {
  static const uint64_t random = [] {
    std::random_device device;
    return (uint64_t{device()} << 32) | device();
  }();
  return absl::StrCat(absl::Hex(random, absl::kZeroPad16), "-", getpid());
}

}  // namespace

BreakerReader::BreakerReader(std::shared_ptr<Registry> registry,
                             const std::string& process_name, bool read_only)
    : registry_(std::move(registry)),
      process_name_(Shown(process_name)),
      read_only_(read_only),
      limits_(registry_) {}

void BreakerReader::OnEvent(const Event& event) {
  if (event.breaker == nullptr) return;
  MutexLock lock(mu_);
  if (event.type == EventType::kRetired) {
    notes_.erase(*event.breaker);
    return;
  }
  Note& note = notes_[*event.breaker];
  note.last_event = event.sequence;
  if (event.type == EventType::kTransition &&
      event.transition.to == State::kOpen) {
    note.cause = CauseText(event);
    note.opened = event.transition.generation;
  }
}

bool BreakerReader::IsAbout(const Note& note, const Snapshot& breaker) {
  if (breaker.state == State::kClosed) return false;
  const uint64_t since = breaker.state == State::kHalfOpen ? 1 : 0;
  return note.opened + since == breaker.generation;
}

std::vector<BreakerView> BreakerReader::Read(TimePoint now) {
  const std::map<BreakerName, ModeLimits::End> ends = limits_.Read();
  // The notes are copied first, so that no event is newer than its breaker.
  const std::map<BreakerName, Note> notes = [this] {
    MutexLock lock(mu_);
    return notes_;
  }();
  std::vector<BreakerView> views;
  for (MethodSnapshot& snapshot : registry_->TakeSnapshot(now)) {
    BreakerView view;
    view.now = std::move(snapshot);
    const BreakerName& name = view.now.name;
    view.shown = Shown(name);
    const Snapshot& breaker = view.now.breaker;
    const auto end = ends.find(name);
    if (end != ends.end() && end->second.setting == breaker.operator_settings) {
      view.mode_until = end->second.at;
    }
    if (const auto note = notes.find(name); note != notes.end()) {
      view.last_event = note->second.last_event;
      if (IsAbout(note->second, breaker)) view.cause = note->second.cause;
    }
    views.push_back(std::move(view));
  }
  return views;
}

void BreakerReader::ToProto(v1::Process* process) const {
  process->set_name(process_name_);
  process->set_incarnation(Incarnation());
  process->set_pid(getpid());
  process->set_config_generation(registry_->config_generation());
  process->set_read_only(read_only_);
  internal::ToProto(registry_->clock().WallNow(), process->mutable_time());
  process->set_config_errors(registry_->config_errors());
  process->set_dropped_events(registry_->dropped_events());
}

}  // namespace fusebox::internal
