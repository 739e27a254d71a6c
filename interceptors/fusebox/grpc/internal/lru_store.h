// lru_store.h: the most recently used pairs of strings, within bounds.
//
// What a StaleCache keeps its replies in. An entry lives for `ttl` from the
// moment it was stored; being read makes it recent, not younger.

#ifndef FUSEBOX_GRPC_INTERNAL_LRU_STORE_H_
#define FUSEBOX_GRPC_INTERNAL_LRU_STORE_H_

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "fusebox/base/clock.h"
#include "fusebox/base/mutex.h"

namespace fusebox::internal {

// Thread-safe.
class LruStore {
 public:
  // Bytes that an entry costs beside its key and its value, give or take.
  static constexpr size_t kEntryOverhead = 256;

  LruStore(size_t max_entries, size_t max_bytes, Duration ttl)
      : max_entries_(max_entries), max_bytes_(max_bytes), ttl_(ttl) {}

  LruStore(const LruStore&) = delete;
  LruStore& operator=(const LruStore&) = delete;

  // Stores the value in place of an older one with the same key, and drops the
  // least recently used entries until it fits. One that can never fit is not
  // stored; the older one goes all the same.
  void Put(std::string key, std::string value, TimePoint now)
      FUSEBOX_EXCLUDES(mu_);

  // The value for exactly this key, or null.
  std::shared_ptr<const std::string> Get(std::string_view key, TimePoint now)
      FUSEBOX_EXCLUDES(mu_);

  void Clear() FUSEBOX_EXCLUDES(mu_);

  // What it holds, entries included whose time is over and that nobody has
  // asked for since.
  size_t entries() const FUSEBOX_EXCLUDES(mu_);
  size_t bytes() const FUSEBOX_EXCLUDES(mu_);

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const std::string> value;
    TimePoint stored;

    size_t bytes() const { return key.size() + value->size() + kEntryOverhead; }
  };
  using Place = std::list<Entry>::iterator;

  void Erase(Place place) FUSEBOX_REQUIRES(mu_);

  const size_t max_entries_;
  const size_t max_bytes_;
  const Duration ttl_;

  mutable Mutex mu_;
  std::list<Entry> entries_ FUSEBOX_GUARDED_BY(mu_);  // recent ones first
  // By the entries' own keys.
  std::unordered_map<std::string_view, Place> places_ FUSEBOX_GUARDED_BY(mu_);
  size_t bytes_ FUSEBOX_GUARDED_BY(mu_) = 0;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_GRPC_INTERNAL_LRU_STORE_H_
