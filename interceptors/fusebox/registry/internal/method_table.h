// method_table.h: a hash table of the methods of one target. Its readers take
// no lock.
//
// It uses open addressing with linear probing and is at most half full. One
// release store into a slot publishes an entry. A table that has become too
// small is replaced by a larger one, but kept, because a reader may still be
// walking it. Renaming an entry moves others back into the gap that it leaves,
// so that the slots of a table never run out.
//
// A reader may miss an entry that another thread is inserting or moving. It
// must then look again while it holds the lock under which the table changes.
// An entry is never destroyed before the table. A reader pins it before it
// reads its name.

#ifndef FUSEBOX_REGISTRY_INTERNAL_METHOD_TABLE_H_
#define FUSEBOX_REGISTRY_INTERNAL_METHOD_TABLE_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "fusebox/base/internal/export.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/internal/binding.h"

namespace fusebox::internal {

// Find() is thread-safe. Everything else needs one lock.
class FUSEBOX_EXPORT MethodTable {
 public:
  MethodTable();

  // Returns the entry of that name with a pin, or null if there is none yet.
  MethodUse Find(std::string_view method, std::string_view key) const;

  // Inserts the entry and returns it. REQUIRES: There is none of this name.
  GuardedMethod* Insert(std::unique_ptr<GuardedMethod> entry);

  // Gives an entry another name and binding. REQUIRES: The entry is claimed,
  // and there is no other one of this name.
  void Rename(GuardedMethod* entry, BreakerName name, const Binding* binding);

  // Returns all entries, in the order in which they were inserted.
  const std::vector<std::unique_ptr<GuardedMethod>>& all() const {
    return entries_;
  }

 private:
  struct Slot {
    std::atomic<size_t> hash{0};
    std::atomic<GuardedMethod*> entry{nullptr};
  };
  struct Table {
    explicit Table(size_t size) : slots(size), mask(size - 1) {}
    std::vector<Slot> slots;  // their number is a power of two
    const size_t mask;
  };

  static size_t Hash(std::string_view method, std::string_view key);
  static void Put(Table& table, size_t hash, GuardedMethod* entry);
  static void Remove(Table& table, size_t hash, const GuardedMethod* entry);
  void Grow();

  std::atomic<const Table*> table_{nullptr};
  std::vector<std::unique_ptr<Table>> tables_;
  std::vector<std::unique_ptr<GuardedMethod>> entries_;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_REGISTRY_INTERNAL_METHOD_TABLE_H_
