#include "fusebox/registry/internal/method_table.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "fusebox/base/mutex.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/internal/binding.h"

namespace fusebox::internal {
namespace {

constexpr size_t kFirstSize = 64;
constexpr size_t kSpread = 0x9e3779b97f4a7c15u;

}  // namespace

MethodTable::MethodTable() {
  tables_.push_back(std::make_unique<Table>(kFirstSize));
  table_.store(tables_.back().get(), std::memory_order_release);
}

size_t MethodTable::Hash(std::string_view target, std::string_view method,
                         std::string_view key) {
  const std::hash<std::string_view> hash;
  const size_t plain = hash(method) ^ (hash(target) * kSpread);
  return key.empty() ? plain : hash(key) ^ (plain * kSpread);
}

GuardedMethod* MethodTable::FindIn(const Table& table, size_t hash,
                                   std::string_view target,
                                   std::string_view method,
                                   std::string_view key) {
  const size_t mask = table.slots.size() - 1;
  for (size_t i = hash & mask;; i = (i + 1) & mask) {
    const Slot& slot = table.slots[i];
    GuardedMethod* const entry = slot.entry.load(std::memory_order_acquire);
    if (entry == nullptr) return nullptr;
    if (slot.hash.load(std::memory_order_relaxed) != hash) continue;
    const BreakerName& name = entry->name();
    if (name.method == method && name.target == target && name.key == key) {
      return entry;
    }
  }
}

void MethodTable::Put(Table& table, size_t hash, GuardedMethod* entry) {
  const size_t mask = table.slots.size() - 1;
  size_t i = hash & mask;
  while (table.slots[i].entry.load(std::memory_order_relaxed) != nullptr) {
    i = (i + 1) & mask;
  }
  table.slots[i].hash.store(hash, std::memory_order_relaxed);
  table.slots[i].entry.store(entry, std::memory_order_release);
}

GuardedMethod* MethodTable::Find(std::string_view target,
                                 std::string_view method,
                                 std::string_view key) const {
  return FindIn(*table_.load(std::memory_order_acquire),
                Hash(target, method, key), target, method, key);
}

GuardedMethod* MethodTable::Insert(std::unique_ptr<GuardedMethod> entry) {
  const BreakerName& name = entry->name();
  const size_t hash = Hash(name);
  MutexLock lock(mu_);
  if (GuardedMethod* const found =
          FindIn(*tables_.back(), hash, name.target, name.method, name.key)) {
    return found;
  }
  entries_.push_back(std::move(entry));
  if (entries_.size() * 2 > tables_.back()->slots.size()) {
    Grow();  // takes the new entry along
  } else {
    Put(*tables_.back(), hash, entries_.back().get());
  }
  return entries_.back().get();
}

void MethodTable::Grow() {
  auto larger = std::make_unique<Table>(tables_.back()->slots.size() * 2);
  for (const auto& entry : entries_) {
    Put(*larger, Hash(entry->name()), entry.get());
  }
  tables_.push_back(std::move(larger));
  table_.store(tables_.back().get(), std::memory_order_release);
}

std::vector<GuardedMethod*> MethodTable::All() const {
  MutexLock lock(mu_);
  std::vector<GuardedMethod*> all;
  all.reserve(entries_.size());
  for (const auto& entry : entries_) all.push_back(entry.get());
  return all;
}

}  // namespace fusebox::internal
