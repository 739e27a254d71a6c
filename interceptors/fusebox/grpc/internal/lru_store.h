// lru_store.h: keeps the most recently used pairs of strings, within limits.
//
// StaleCache keeps its replies in it. An entry expires `ttl` after it was
// stored. Reading it makes it recently used, but does not extend its life.

#ifndef FUSEBOX_GRPC_INTERNAL_LRU_STORE_H_
#define FUSEBOX_GRPC_INTERNAL_LRU_STORE_H_

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/base/mutex.h"

namespace fusebox::internal {

// Thread-safe.
class FUSEBOX_EXPORT LruStore {
 public:
  // The approximate bytes of an entry besides its key and its value.
  static constexpr size_t kEntryOverhead = 256;

  LruStore(size_t max_entries, size_t max_bytes, Duration ttl)
      : max_entries_(max_entries), max_bytes_(max_bytes), ttl_(ttl) {}

  LruStore(const LruStore&) = delete;
  LruStore& operator=(const LruStore&) = delete;

  // Stores the value, replaces an older one with the same key, and removes the
  // least recently used entries until all fit. A value that can never fit is
  // not stored, but the older one is still removed.
  void Put(std::string key, std::string value, TimePoint now)
      FUSEBOX_EXCLUDES(mu_);

  // Returns the value of exactly this key, or null.
  std::shared_ptr<const std::string> Get(std::string_view key, TimePoint now)
      FUSEBOX_EXCLUDES(mu_);

  void Clear() FUSEBOX_EXCLUDES(mu_);

  // Returns how many entries and bytes it holds. This includes expired entries
  // that nobody has looked up since.
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
  std::list<Entry> entries_
      FUSEBOX_GUARDED_BY(mu_);  // most recently used first
  // The keys are those of the entries.
  std::unordered_map<std::string_view, Place> places_ FUSEBOX_GUARDED_BY(mu_);
  size_t bytes_ FUSEBOX_GUARDED_BY(mu_) = 0;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_GRPC_INTERNAL_LRU_STORE_H_
