#include "fusebox/registry/internal/method_table.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/internal/binding.h"

namespace fusebox::internal {
namespace {

constexpr size_t kFirstSize = 16;
constexpr size_t kSpread = 0x9e3779b97f4a7c15u;

}  // namespace

MethodTable::MethodTable() {
  tables_.push_back(std::make_unique<Table>(kFirstSize));
  table_.store(tables_.back().get(), std::memory_order_release);
}

size_t MethodTable::Hash(std::string_view method, std::string_view key) {
  const std::hash<std::string_view> hash;
  const size_t plain = hash(method);
  return key.empty() ? plain : hash(key) ^ (plain * kSpread);
}

MethodUse MethodTable::Find(std::string_view method,
                            std::string_view key) const {
  const Table& table = *table_.load(std::memory_order_acquire);
  const size_t hash = Hash(method, key);
  // Entries may move while this walks, so the number of steps is bounded.
  for (size_t step = 0; step <= table.mask; ++step) {
    const Slot& slot = table.slots[(hash + step) & table.mask];
    GuardedMethod* const entry = slot.entry.load(std::memory_order_acquire);
    if (entry == nullptr) break;
    if (slot.hash.load(std::memory_order_relaxed) != hash) continue;
    if (entry->has_key() == key.empty() || !entry->Pin()) continue;
    MethodUse use(entry);
    if (entry->name().method == method && entry->name().key == key) return use;
  }
  return MethodUse();
}

void MethodTable::Put(Table& table, size_t hash, GuardedMethod* entry) {
  size_t i = hash & table.mask;
  while (table.slots[i].entry.load(std::memory_order_relaxed) != nullptr) {
    i = (i + 1) & table.mask;
  }
  table.slots[i].hash.store(hash, std::memory_order_relaxed);
  table.slots[i].entry.store(entry, std::memory_order_release);
}

void MethodTable::Remove(Table& table, size_t hash,
                         const GuardedMethod* entry) {
  const size_t mask = table.mask;
  size_t gap = hash & mask;
  while (table.slots[gap].entry.load(std::memory_order_relaxed) != entry) {
    gap = (gap + 1) & mask;
  }
  // Moves back what the gap would hide.
  for (size_t i = (gap + 1) & mask;; i = (i + 1) & mask) {
    GuardedMethod* const next =
        table.slots[i].entry.load(std::memory_order_relaxed);
    if (next == nullptr) break;
    const size_t next_hash =
        table.slots[i].hash.load(std::memory_order_relaxed);
    if (((i - next_hash) & mask) < ((i - gap) & mask)) continue;
    table.slots[gap].hash.store(next_hash, std::memory_order_relaxed);
    table.slots[gap].entry.store(next, std::memory_order_release);
    gap = i;
  }
  table.slots[gap].entry.store(nullptr, std::memory_order_release);
}

GuardedMethod* MethodTable::Insert(std::unique_ptr<GuardedMethod> entry) {
  entries_.push_back(std::move(entry));
  GuardedMethod* const inserted = entries_.back().get();
  if (entries_.size() * 2 > tables_.back()->slots.size()) {
    Grow();  // takes the new entry along
  } else {
    const BreakerName& name = inserted->name();
    Put(*tables_.back(), Hash(name.method, name.key), inserted);
  }
  return inserted;
}

void MethodTable::Rename(GuardedMethod* entry, BreakerName name,
                         const Binding* binding) {
  Table& table = *tables_.back();
  Remove(table, Hash(entry->name().method, entry->name().key), entry);
  entry->Become(std::move(name), binding);
  Put(table, Hash(entry->name().method, entry->name().key), entry);
}

void MethodTable::Grow() {
  auto larger = std::make_unique<Table>(tables_.back()->slots.size() * 2);
  for (const auto& entry : entries_) {
    Put(*larger, Hash(entry->name().method, entry->name().key), entry.get());
  }
  tables_.push_back(std::move(larger));
  table_.store(tables_.back().get(), std::memory_order_release);
}

}  // namespace fusebox::internal
