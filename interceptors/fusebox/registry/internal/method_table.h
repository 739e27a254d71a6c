// method_table.h: a hash table of methods that only grows, and whose readers
// take no lock.
//
// It uses open addressing with linear probing and is never more than half full.
// One release store into its slot publishes an entry. A table that has become
// too small is replaced by a larger one and kept, because a reader may still be
// walking it. What a reader misses in an old table is looked up again under the
// writer's lock.

#ifndef FUSEBOX_REGISTRY_INTERNAL_METHOD_TABLE_H_
#define FUSEBOX_REGISTRY_INTERNAL_METHOD_TABLE_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "fusebox/base/mutex.h"
#include "fusebox/registry/internal/binding.h"

namespace fusebox::internal {

// Thread-safe.
class MethodTable {
 public:
  MethodTable();

  // Returns the entry of that name, or null if there is none yet. Takes no
  // lock.
  GuardedMethod* Find(std::string_view target, std::string_view method,
                      std::string_view key) const;

  // Inserts the entry and returns it, or returns the one of the same name that
  // is there already.
  GuardedMethod* Insert(std::unique_ptr<GuardedMethod> entry)
      FUSEBOX_EXCLUDES(mu_);

  // Returns all entries, in the order in which they were inserted.
  std::vector<GuardedMethod*> All() const FUSEBOX_EXCLUDES(mu_);

 private:
  struct Slot {
    std::atomic<size_t> hash{0};
    std::atomic<GuardedMethod*> entry{nullptr};
  };
  struct Table {
    explicit Table(size_t size) : slots(size) {}
    std::vector<Slot> slots;  // a power of two
  };

  static size_t Hash(std::string_view target, std::string_view method,
                     std::string_view key);
  static size_t Hash(const BreakerName& name) {
    return Hash(name.target, name.method, name.key);
  }
  static GuardedMethod* FindIn(const Table& table, size_t hash,
                               std::string_view target, std::string_view method,
                               std::string_view key);
  static void Put(Table& table, size_t hash, GuardedMethod* entry);
  void Grow() FUSEBOX_REQUIRES(mu_);

  std::atomic<const Table*> table_{nullptr};

  mutable Mutex mu_;
  std::vector<std::unique_ptr<Table>> tables_ FUSEBOX_GUARDED_BY(mu_);
  std::vector<std::unique_ptr<GuardedMethod>> entries_ FUSEBOX_GUARDED_BY(mu_);
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_REGISTRY_INTERNAL_METHOD_TABLE_H_
