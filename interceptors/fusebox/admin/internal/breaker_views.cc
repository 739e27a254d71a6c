#include "fusebox/admin/internal/breaker_views.h"

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/admin/internal/breaker_notes.h"
#include "fusebox/admin/internal/view.h"
#include "fusebox/base/clock.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/registry.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox::internal {
namespace {

// Of this process; another one after a restart, and after a fork.
std::string Incarnation() {
  static const uint64_t random = [] {
    std::random_device device;
    return (uint64_t{device()} << 32) | device();
  }();
  char text[40];
  std::snprintf(text, sizeof(text), "%016llx-%lld",
                static_cast<unsigned long long>(random),
                static_cast<long long>(getpid()));
  return text;
}

// Whether the note is about the opening that the breaker is in.
bool IsAbout(const BreakerNotes::Note& note, const Snapshot& breaker) {
  switch (breaker.state) {
    case State::kClosed:
      return false;
    case State::kOpen:
      return note.opened == breaker.generation;
    case State::kHalfOpen:
      return note.opened + 1 == breaker.generation;
  }
  return false;
}

}  // namespace

BreakerViews::BreakerViews(std::shared_ptr<Registry> registry,
                           const std::string& process_name, bool read_only)
    : registry_(std::move(registry)),
      process_name_(Shown(process_name)),
      read_only_(read_only),
      limits_(registry_),
      notes_(registry_) {}

std::vector<BreakerView> BreakerViews::Read(TimePoint now) {
  const std::map<BreakerName, ModeLimits::End> ends = limits_.Read();
  const std::map<BreakerName, BreakerNotes::Note> notes = notes_.Read();
  std::vector<MethodSnapshot> snapshots = registry_->TakeSnapshot(now);
  std::vector<BreakerView> views;
  views.reserve(snapshots.size());
  for (MethodSnapshot& snapshot : snapshots) {
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

void BreakerViews::ToProto(v1::Process* process) const {
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
