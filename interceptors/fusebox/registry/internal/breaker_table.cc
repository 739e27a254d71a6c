#include "fusebox/registry/internal/breaker_table.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "fusebox/base/mutex.h"
#include "fusebox/registry/internal/method_breaker.h"

namespace fusebox::internal {
namespace {

constexpr size_t kFirstSize = 64;
constexpr size_t kSpread = 0x9e3779b97f4a7c15u;

}  // namespace

BreakerTable::BreakerTable() {
  tables_.push_back(std::make_unique<Table>(kFirstSize));
  table_.store(tables_.back().get(), std::memory_order_release);
}

size_t BreakerTable::Hash(const Id& id) {
  const std::hash<std::string_view> hash;
  const size_t plain = hash(id.method) ^ (hash(id.target) * kSpread);
  return id.key.empty() ? plain : hash(id.key) ^ (plain * kSpread);
}

MethodBreaker* BreakerTable::FindIn(const Table& table, size_t hash,
                                    const Id& id) {
  const size_t mask = table.slots.size() - 1;
  for (size_t i = hash & mask;; i = (i + 1) & mask) {
    const Slot& slot = table.slots[i];
    MethodBreaker* const entry = slot.entry.load(std::memory_order_acquire);
    if (entry == nullptr) return nullptr;
    if (slot.hash.load(std::memory_order_relaxed) == hash &&
        entry->method() == id.method && entry->target() == id.target &&
        entry->key() == id.key) {
      return entry;
    }
  }
}

void BreakerTable::Put(Table& table, size_t hash, MethodBreaker* entry) {
  const size_t mask = table.slots.size() - 1;
  size_t i = hash & mask;
  while (table.slots[i].entry.load(std::memory_order_relaxed) != nullptr) {
    i = (i + 1) & mask;
  }
  table.slots[i].hash.store(hash, std::memory_order_relaxed);
  table.slots[i].entry.store(entry, std::memory_order_release);
}

MethodBreaker* BreakerTable::Find(const Id& id) const {
  return FindIn(*table_.load(std::memory_order_acquire), Hash(id), id);
}

MethodBreaker* BreakerTable::Insert(std::unique_ptr<MethodBreaker> entry) {
  const Id id(*entry);
  const size_t hash = Hash(id);
  MutexLock lock(mu_);
  if (MethodBreaker* const found = FindIn(*tables_.back(), hash, id)) {
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

void BreakerTable::Grow() {
  auto larger = std::make_unique<Table>(tables_.back()->slots.size() * 2);
  for (const auto& entry : entries_) {
    Put(*larger, Hash(Id(*entry)), entry.get());
  }
  tables_.push_back(std::move(larger));
  table_.store(tables_.back().get(), std::memory_order_release);
}

std::vector<MethodBreaker*> BreakerTable::All() const {
  MutexLock lock(mu_);
  std::vector<MethodBreaker*> all;
  all.reserve(entries_.size());
  for (const auto& entry : entries_) all.push_back(entry.get());
  return all;
}

}  // namespace fusebox::internal
