// breaker_table.h: a hash table that only grows, whose readers take no lock.
//
// Open addressing with linear probing, never more than half full. An entry is
// published by one release store into its slot; a table that has become too
// small is replaced by a larger one and kept, because a reader may still be
// walking it. What a reader in an old table misses is looked up again under
// the writer's lock.

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

  // What an entry is found by.
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

  // The entry, or null if there is none (yet). Takes no lock.
  MethodBreaker* Find(const Id& id) const;

  // The entry by the same id: `entry`, unless there is one already.
  MethodBreaker* Insert(std::unique_ptr<MethodBreaker> entry)
      FUSEBOX_EXCLUDES(mu_);

  // All entries, in the order in which they were made.
  std::vector<MethodBreaker*> All() const FUSEBOX_EXCLUDES(mu_);

 private:
  struct Slot {
    std::atomic<size_t> hash{0};
    std::atomic<MethodBreaker*> entry{nullptr};
  };
  struct Table {
    explicit Table(size_t size) : slots(size) {}
    std::vector<Slot> slots;  // a power of two
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
