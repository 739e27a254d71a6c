#include "fusebox/grpc/internal/lru_store.h"

#include <cstddef>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "fusebox/base/clock.h"
#include "fusebox/base/mutex.h"

namespace fusebox::internal {

void LruStore::Put(std::string key, std::string value, TimePoint now) {
  Entry entry{std::move(key),
              std::make_shared<const std::string>(std::move(value)), now};
  MutexLock lock(mu_);
  if (const auto old = places_.find(entry.key); old != places_.end()) {
    Erase(old->second);
  }
  const size_t bytes = entry.bytes();
  if (bytes > max_bytes_ || max_entries_ == 0) return;
  while (entries_.size() >= max_entries_ || bytes_ > max_bytes_ - bytes) {
    Erase(std::prev(entries_.end()));
  }
  entries_.push_front(std::move(entry));
  places_.emplace(entries_.front().key, entries_.begin());
  bytes_ += bytes;
}

std::shared_ptr<const std::string> LruStore::Get(std::string_view key,
                                                 TimePoint now) {
  MutexLock lock(mu_);
  const auto found = places_.find(key);
  if (found == places_.end()) return nullptr;
  const Place place = found->second;
  if (now - place->stored >= ttl_) {
    Erase(place);
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, place);
  return place->value;
}

void LruStore::Clear() {
  MutexLock lock(mu_);
  places_.clear();
  entries_.clear();
  bytes_ = 0;
}

size_t LruStore::entries() const {
  MutexLock lock(mu_);
  return entries_.size();
}

size_t LruStore::bytes() const {
  MutexLock lock(mu_);
  return bytes_;
}

void LruStore::Erase(Place place) {
  bytes_ -= place->bytes();
  places_.erase(place->key);
  entries_.erase(place);
}

}  // namespace fusebox::internal
