#include "fusebox/base/random.h"

#include <atomic>
#include <chrono>
#include <cstdint>

namespace fusebox {
namespace {

// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
// generators", 2014): mixes the bits of a counter.
class SplitMix final : public RandomSource {
 public:
  double Next() noexcept override {
    uint64_t z = counter_.fetch_add(kGamma, std::memory_order_relaxed);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return static_cast<double>(z >> 11) * 0x1p-53;
  }

 private:
  static constexpr uint64_t kGamma = 0x9e3779b97f4a7c15u;

  // Seeded with the time and an address, which differ between processes.
  std::atomic<uint64_t> counter_{
      static_cast<uint64_t>(
          std::chrono::steady_clock::now().time_since_epoch().count()) *
          kGamma ^
      reinterpret_cast<uintptr_t>(this)};
};

}  // namespace

RandomSource& ProcessRandom() {
  static SplitMix* const source = new SplitMix;
  return *source;
}

}  // namespace fusebox
