// failure_word.h: counts consecutive failures and the failure score without a
// lock.
//
// One 64-bit word holds both, and the generation that they belong to:
//
//   generation << 48 | score << 32 | run
//
// The run is the number of consecutive failures. A failure adds one, and a
// success ends it. The score (Settings::failure_score) grows with each failure
// and shrinks with each success, down to 0. A late success of an old generation
// can never change what the new one has counted: its compare-and-swap fails on
// the generation.
//
// Exactness. A success counts against every failure that was counted before it
// began, because it retries until its swap succeeds, or there is nothing left
// to change, or the word belongs to another generation. A success that finds
// both at 0 stores nothing, so a healthy circuit writes to no shared cache
// line. Successes and failures that overlap may be counted in either order.

#ifndef FUSEBOX_CORE_INTERNAL_FAILURE_WORD_H_
#define FUSEBOX_CORE_INTERNAL_FAILURE_WORD_H_

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace fusebox::internal {

// Thread-safe.
class FailureWord {
 public:
  static constexpr uint32_t kMaxScore = UINT16_MAX;

  struct Reading {
    uint32_t run = 0;
    uint32_t score = 0;
  };

  // Starts `generation` with a run and a score of 0.
  void Reset(uint64_t generation) noexcept {
    word_.store(Pack(generation, {}), std::memory_order_release);
  }

  // Sets how many points a success takes from the score.
  void SetSuccessPoints(uint32_t points) noexcept {
    success_points_.store(points, std::memory_order_relaxed);
  }

  // Returns whether the run and the score are 0, so that a success would change
  // nothing.
  bool is_zero() const noexcept {
    return word_.load(std::memory_order_acquire) << kGenerationBits == 0;
  }

  // Counts a success of `generation`. Like the functions below, it returns the
  // counts afterwards, or does nothing and returns zeros if another generation
  // has begun.
  Reading Success(uint64_t generation) noexcept {
    const uint32_t points = success_points_.load(std::memory_order_relaxed);
    return Change(generation, [=](Reading* now) {
      now->run = 0;
      now->score -= std::min(now->score, points);
    });
  }

  // Counts a failure of `generation`, which adds `points` to the score, and
  // begins a new run if `begins_new_run`.
  Reading Failure(uint64_t generation, uint32_t points,
                  bool begins_new_run) noexcept {
    return Change(generation, [=](Reading* now) {
      if (begins_new_run) now->run = 0;
      if (now->run != UINT32_MAX) ++now->run;
      now->score += std::min(points, kMaxScore - now->score);
    });
  }

  // Sets the score of `generation` to 0 and keeps the run.
  void ClearScore(uint64_t generation) noexcept {
    Change(generation, [](Reading* now) { now->score = 0; });
  }

  Reading Read() const noexcept {
    return Unpack(word_.load(std::memory_order_acquire));
  }

 private:
  // The upper bits of the generation are cut off. Callers have compared the
  // whole generation just before, so that would matter only if a multiple of
  // 2^16 generations began between their comparison and the swap.
  static constexpr int kGenerationBits = 16;
  static constexpr int kGenerationShift = 64 - kGenerationBits;
  static constexpr int kScoreShift = 32;

  static uint64_t Pack(uint64_t generation, Reading counts) noexcept {
    return generation << kGenerationShift |
           uint64_t{counts.score} << kScoreShift | counts.run;
  }
  static Reading Unpack(uint64_t word) noexcept {
    return {static_cast<uint32_t>(word),
            static_cast<uint32_t>(word >> kScoreShift) & kMaxScore};
  }

  // Lets `change` change the counts of `generation`, until it changes nothing
  // or the swap succeeds. Returns the counts afterwards.
  template <typename F>
  Reading Change(uint64_t generation, F change) noexcept {
    uint64_t word = word_.load(std::memory_order_acquire);
    Reading counts;
    uint64_t next;
    do {
      if ((word ^ Pack(generation, {})) >> kGenerationShift != 0) return {};
      counts = Unpack(word);
      change(&counts);
      next = Pack(generation, counts);
    } while (next != word &&
             !word_.compare_exchange_weak(word, next, std::memory_order_acq_rel,
                                          std::memory_order_acquire));
    return counts;
  }

  std::atomic<uint64_t> word_{0};
  std::atomic<uint32_t> success_points_{1};
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_CORE_INTERNAL_FAILURE_WORD_H_
