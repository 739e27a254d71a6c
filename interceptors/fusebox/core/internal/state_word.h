// state_word.h: everything that decides about a call, in one 64-bit word.
//
//   generation << 16 | reset << 14 | ends early << 13 | slow << 12 | totals <<
//   7 | window kind << 5 | asks << 4 | mode << 2 | state
//
// Besides generation, state and mode it holds the Traits: what breaker_inline.h
// must know about the settings.
//
// A permit keeps the word by which its call was admitted, and adds a Mark for
// everything that is special about the call. The breaker's own word never has a
// mark. Calls are admitted without a mark only in CLOSED and in a mode that
// judges. Therefore, if a permit's word equals the breaker's present word, the
// call is an ordinary one and nothing has changed since its admission.

#ifndef FUSEBOX_CORE_INTERNAL_STATE_WORD_H_
#define FUSEBOX_CORE_INTERNAL_STATE_WORD_H_

#include <cstdint>

#include "fusebox/core/types.h"

namespace fusebox::internal {

// The kind of window that the rates are computed over (window.h). One bit each.
enum class WindowKind : uint8_t { kNone = 0, kTime = 1, kCalls = 2 };

class StateWord {
 public:
  enum Mark : uint64_t {
    kTotalsOnly = 1 << 8,  // passed because of the mode: enters totals only
    kSettled = 1 << 9,     // has given its verdict
    kProbe = 1 << 10,      // is a probe
    kHasSlot = 1 << 11,    // holds a slot of the bulkhead
  };

  struct Traits {
    // Every call must ask under the lock, because of a bulkhead or a ramp.
    bool asks = false;
    // The window that counts fast successes (OutcomeWindow::counting()).
    WindowKind window = WindowKind::kNone;
    // The breaker keeps totals.
    bool totals = false;
    // The breaker judges slow calls.
    bool slow = false;
    // A call may end an opening early.
    bool ends_early = false;
    // The circuit was reset, and no call has shown yet that it can reach the
    // backend. Every call must ask.
    bool reset = false;
  };

  StateWord() = default;
  explicit StateWord(uint64_t bits) : bits_(bits) {}
  StateWord(uint64_t generation, State state, Mode mode, const Traits& traits)
      : bits_(generation << kGenerationShift |
              (traits.reset ? kReset | kAsks : 0) |
              (traits.ends_early ? kEndsEarly : 0) | (traits.slow ? kSlow : 0) |
              (traits.totals ? kTotals : 0) |
              static_cast<uint64_t>(traits.window) << kWindowShift |
              (traits.asks ? kAsks : 0) |
              static_cast<uint64_t>(mode) << kModeShift |
              static_cast<uint64_t>(state)) {}

  uint64_t bits() const { return bits_; }
  uint64_t generation() const { return bits_ >> kGenerationShift; }
  State state() const { return static_cast<State>(bits_ & 3); }
  Mode mode() const { return static_cast<Mode>(bits_ >> kModeShift & 3); }
  WindowKind window() const {
    return static_cast<WindowKind>((bits_ & kWindowMask) >> kWindowShift);
  }
  bool has_window(WindowKind kind) const {
    return (bits_ & static_cast<uint64_t>(kind) << kWindowShift) != 0;
  }

  bool judges_slow() const { return (bits_ & kSlow) != 0; }
  bool totals() const { return (bits_ >> kTotalsShift & 1) != 0; }
  bool ends_early() const { return (bits_ & kEndsEarly) != 0; }
  bool was_reset() const { return (bits_ & kReset) != 0; }

  bool has(Mark mark) const { return (bits_ & mark) != 0; }
  StateWord With(Mark mark, bool marked = true) const {
    return StateWord(marked ? bits_ | mark : bits_);
  }

  // Returns whether successes are neither counted nor judged by duration.
  bool takes_any_success() const {
    return (bits_ & (kWindowMask | kSlow)) == 0;
  }

  // Returns whether every call is rejected until the opening is over.
  bool rejects() const {
    return (bits_ & (kNotClosed | kModeMask | kEndsEarly)) ==
           (static_cast<uint64_t>(State::kOpen) |
            static_cast<uint64_t>(Mode::kEnforce) << kModeShift);
  }

  // Returns whether the circuit is CLOSED in a mode that judges, and no call
  // must ask under the lock.
  bool admits_all() const {
    return (bits_ & (kNotClosed | kNoJudge | kAsks)) == 0;
  }

  // Returns admits_all() && !totals().
  bool admits_all_uncounted() const {
    return (bits_ & (kNotClosed | kNoJudge | kAsks | kTotals)) == 0;
  }

 private:
  static constexpr int kModeShift = 2;
  static constexpr int kAsksShift = 4;
  static constexpr int kWindowShift = 5;
  static constexpr int kTotalsShift = 7;
  static constexpr int kSlowShift = 12;
  static constexpr int kEndsEarlyShift = 13;
  static constexpr int kResetShift = 14;
  static constexpr int kGenerationShift = 16;

  static constexpr uint64_t kNotClosed = 3;
  static constexpr uint64_t kModeMask = 3 << kModeShift;
  static constexpr uint64_t kNoJudge = 2 << kModeShift;
  static constexpr uint64_t kAsks = 1 << kAsksShift;
  static constexpr uint64_t kWindowMask = 3 << kWindowShift;
  static constexpr uint64_t kTotals = 1 << kTotalsShift;
  static constexpr uint64_t kSlow = 1 << kSlowShift;
  static constexpr uint64_t kEndsEarly = 1 << kEndsEarlyShift;
  static constexpr uint64_t kReset = 1 << kResetShift;

  static_assert(static_cast<int>(State::kClosed) == 0);
  static_assert(static_cast<int>(Mode::kEnforce) < 2 &&
                static_cast<int>(Mode::kDryRun) < 2 &&
                static_cast<int>(Mode::kDisabled) >= 2 &&
                static_cast<int>(Mode::kForcedOpen) >= 2);

  uint64_t bits_ = 0;
};

// Returns whether verdicts can change the state in this mode.
inline bool Judges(Mode mode) {
  return mode == Mode::kEnforce || mode == Mode::kDryRun;
}

}  // namespace fusebox::internal

#endif  // FUSEBOX_CORE_INTERNAL_STATE_WORD_H_
