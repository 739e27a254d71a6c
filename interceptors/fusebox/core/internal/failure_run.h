// failure_run.h: counts consecutive failures without a lock.
//
// One 64-bit word holds the length of the run and the generation that the run
// belongs to. A late success of an old generation can therefore never end the
// run of the new one: its compare-and-swap fails on the generation.
//
// Exactness. A success ends every failure that was counted before it began,
// because it retries until the length is 0 or the word belongs to another
// generation. A success that finds 0 stores nothing, so a healthy circuit
// writes to no shared cache line. Successes and failures that overlap may be
// counted in either order.

#ifndef FUSEBOX_CORE_INTERNAL_FAILURE_RUN_H_
#define FUSEBOX_CORE_INTERNAL_FAILURE_RUN_H_

#include <atomic>
#include <cstdint>

namespace fusebox::internal {

// Thread-safe.
class FailureRun {
 public:
  // Starts the run of `generation` at 0.
  void Reset(uint64_t generation) noexcept {
    word_.store(Pack(generation, 0), std::memory_order_release);
  }

  // Counts a success of `generation`, which ends the run. Does nothing if
  // another generation has begun.
  void Success(uint64_t generation) noexcept {
    uint64_t word = word_.load(std::memory_order_acquire);
    while (Count(word) != 0 && SameGeneration(word, generation) &&
           !word_.compare_exchange_weak(word, Pack(generation, 0),
                                        std::memory_order_acq_rel,
                                        std::memory_order_acquire)) {
    }
  }

  // Counts a failure of `generation`, which begins a new run if
  // `begins_new_run`. Returns the length of the run with this failure, or 0 if
  // another generation has begun.
  uint32_t Failure(uint64_t generation, bool begins_new_run = false) noexcept {
    uint64_t word = word_.load(std::memory_order_acquire);
    while (SameGeneration(word, generation)) {
      const uint32_t before = begins_new_run ? 0 : Count(word);
      const uint32_t count = before == UINT32_MAX ? UINT32_MAX : before + 1;
      if (word_.compare_exchange_weak(word, Pack(generation, count),
                                      std::memory_order_acq_rel,
                                      std::memory_order_acquire)) {
        return count;
      }
    }
    return 0;
  }

  uint32_t length() const noexcept {
    return Count(word_.load(std::memory_order_acquire));
  }

 private:
  // The upper half of the generation is cut off. That would matter only if 2^32
  // generations began during one call.
  static uint64_t Pack(uint64_t generation, uint32_t count) noexcept {
    return (generation << 32) | count;
  }
  static uint32_t Count(uint64_t word) noexcept {
    return static_cast<uint32_t>(word);
  }
  static bool SameGeneration(uint64_t word, uint64_t generation) noexcept {
    return static_cast<uint32_t>(word >> 32) ==
           static_cast<uint32_t>(generation);
  }

  std::atomic<uint64_t> word_{0};
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_CORE_INTERNAL_FAILURE_RUN_H_
