#include "tools/admin/snapshot_parts.h"

#include <cstdint>

namespace fusebox::tool {

bool SnapshotParts::Join(v1::WatchBreakersResponse* response) {
  if (response->snapshot()) {
    joining_ = response->more();
    breakers_.clear();
    whole_.Clear();
  }
  if (!joining_) return true;
  for (const v1::BreakerName& name : response->gone()) {
    breakers_.erase(name.SerializeAsString());
  }
  for (v1::Breaker& breaker : *response->mutable_breakers()) {
    breakers_[breaker.name().SerializeAsString()].Swap(&breaker);
  }
  response->clear_gone();
  response->clear_breakers();
  const uint64_t missed = whole_.missed_events() + response->missed_events();
  whole_.MergeFrom(*response);
  whole_.set_missed_events(missed);
  if (response->more()) return false;
  joining_ = false;
  for (auto& entry : breakers_) whole_.add_breakers()->Swap(&entry.second);
  whole_.clear_more();
  response->Swap(&whole_);
  return true;
}

}  // namespace fusebox::tool
