// breaker_table.h: a hash table that only grows, whose readers take no lock.
//
// It uses open addressing with linear probing and is at most half full. One
// release store into a slot publishes an entry. A table that has become too
// small is replaced by a larger one, but kept, because a reader may still be
// walking it. If a reader misses an entry in an old table, the caller looks it
// up again under the writer's lock.

#ifndef FUSEBOX_REGISTRY_INTERNAL_BREAKER_TABLE_H_
#define FUSEBOX_REGISTRY_INTERNAL_BREAKER_TABLE_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "fusebox/base/mutex.h"
#include "fusebox/registry/internal/method_breaker.h"

namespace fusebox::internal {

// Thread-safe.
class BreakerTable {
 public:
  BreakerTable();

  // Identifies an entry.
  struct Id {
    explicit Id(const MethodBreaker& entry)
        : Id(entry.target(), entry.method(), entry.key()) {}
    Id(std::string_view its_target, std::string_view its_method,
       std::string_view its_key = {})
        : target(its_target), method(its_method), key(its_key) {}

    std::string_view target;
    std::string_view method;
    std::string_view key;
  };

  // Returns the entry, or null if there is none yet. Takes no lock.
  MethodBreaker* Find(const Id& id) const;

  // Adds `entry` unless there is one with its id, and returns the one that the
  // table has now.
  MethodBreaker* Insert(std::unique_ptr<MethodBreaker> entry)
      FUSEBOX_EXCLUDES(mu_);

  // Returns all entries in the order in which they were added.
  std::vector<MethodBreaker*> All() const FUSEBOX_EXCLUDES(mu_);

 private:
  struct Slot {
    std::atomic<size_t> hash{0};
    std::atomic<MethodBreaker*> entry{nullptr};
  };
  struct Table {
    explicit Table(size_t size) : slots(size) {}
    std::vector<Slot> slots;  // their number is a power of two
  };

  static size_t Hash(const Id& id);
  static MethodBreaker* FindIn(const Table& table, size_t hash, const Id& id);
  static void Put(Table& table, size_t hash, MethodBreaker* entry);
  void Grow() FUSEBOX_REQUIRES(mu_);

  std::atomic<const Table*> table_{nullptr};

  mutable Mutex mu_;
  std::vector<std::unique_ptr<Table>> tables_ FUSEBOX_GUARDED_BY(mu_);
  std::vector<std::unique_ptr<MethodBreaker>> entries_ FUSEBOX_GUARDED_BY(mu_);
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_REGISTRY_INTERNAL_BREAKER_TABLE_H_
