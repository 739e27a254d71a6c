#include "fusebox/log/event_log.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "fusebox/base/mutex.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

EventLog::EventLog(const std::shared_ptr<Registry>& registry)
    : EventLog(registry, Options()) {}

EventLog::EventLog(const std::shared_ptr<Registry>& registry,
                   const Options& options)
    : options_(options),
      subscription_(
          registry->Subscribe([this](const Event& event) { OnEvent(event); })) {
}

void EventLog::OnEvent(const Event& event) {
  auto kept = std::make_shared<const Event>(event);
  MutexLock lock(mu_);
  Ring* ring = &configs_;
  size_t most = options_.configs;
  if (event.type == EventType::kRetired) {
    Retire(event.breaker.get());
    ring = &retired_;
    most = options_.retired;
  } else if (event.breaker != nullptr) {
    Rings& rings = breakers_[event.breaker.get()];
    ring = IsOfCalls(event.type) ? &rings.calls : &rings.changes;
    most = IsOfCalls(event.type) ? options_.calls : options_.changes;
  }
  ring->push_back(std::move(kept));
  if (ring->size() > most) ring->pop_front();
}

void EventLog::Retire(const BreakerName* breaker) {
  const auto left = breakers_.find(breaker);
  if (left == breakers_.end()) return;
  for (auto& event : left->second.changes) {
    retired_.push_back(std::move(event));
    if (retired_.size() > options_.retired) retired_.pop_front();
  }
  breakers_.erase(left);
}

std::vector<Event> EventLog::Read(const Query& query) const {
  Ring found;
  const auto collect = [&](const Ring& ring) {
    std::copy_if(ring.begin(), ring.end(), std::back_inserter(found),
                 [&](const auto& event) {
                   return event->sequence > query.after_sequence;
                 });
  };
  {
    MutexLock lock(mu_);
    for (const auto& [name, rings] : breakers_) {
      collect(rings.changes);
      collect(rings.calls);
    }
    collect(configs_);
    collect(retired_);
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return a->sequence > b->sequence;
  });
  std::vector<Event> events;
  for (const auto& event : found) {  // newest first
    if (events.size() >= query.limit) break;
    if (!query.wanted || query.wanted(*event)) events.push_back(*event);
  }
  std::reverse(events.begin(), events.end());
  return events;
}

}  // namespace fusebox
