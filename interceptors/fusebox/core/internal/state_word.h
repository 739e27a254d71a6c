// state_word.h: what decides about a call, in one 64-bit word.
//
//   generation << 16 | ends early << 13 | slow << 12 | totals << 7 |
//   window kind << 5 | asks << 4 | mode << 2 | state
//
// Beside generation, state and mode it says what breaker_inline.h has to know
// of the settings (Traits).
//
// A permit keeps the word by which it was admitted, and marks in it what is
// special about the call (Mark), which the breaker's own word never has;
// without a mark only a CLOSED circuit admits, in a mode that judges. So one
// comparison with the present word tells that a call is an ordinary one and
// that nothing has changed since.

#ifndef FUSEBOX_CORE_INTERNAL_STATE_WORD_H_
#define FUSEBOX_CORE_INTERNAL_STATE_WORD_H_

#include <cstdint>

#include "fusebox/core/types.h"

namespace fusebox::internal {

// What the rates are taken over (window.h). A bit each.
enum class WindowKind : uint8_t { kNone = 0, kTime = 1, kCalls = 2 };

class StateWord {
 public:
  enum Mark : uint64_t {
    kTotalsOnly = 1 << 8,  // it passed because of the mode: totals only
    kSettled = 1 << 9,     // it had its verdict
    kProbe = 1 << 10,      // it is a probe
    kHasSlot = 1 << 11,    // it holds a slot of the bulkhead
  };

  struct Traits {
    // Every call has to ask under the lock: there is a bulkhead or a ramp.
    bool asks = false;
    // What a fast success is counted in (OutcomeWindow::counting()).
    WindowKind window = WindowKind::kNone;
    // Totals are kept.
    bool totals = false;
    // Slow calls are looked for.
    bool slow = false;
    // A call may end an opening before its time.
    bool ends_early = false;
  };

  StateWord() = default;
  explicit StateWord(uint64_t bits) : bits_(bits) {}
  StateWord(uint64_t generation, State state, Mode mode, const Traits& traits)
      : bits_(generation << kGenerationShift |
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

  bool has(Mark mark) const { return (bits_ & mark) != 0; }
  StateWord With(Mark mark, bool marked = true) const {
    return StateWord(marked ? bits_ | mark : bits_);
  }

  // A success is neither counted nor looked at for its duration.
  bool takes_any_success() const {
    return (bits_ & (kWindowMask | kSlow)) == 0;
  }

  // OPEN until its time is over, and enforced.
  bool rejects() const {
    return (bits_ & (kNotClosed | kModeMask | kEndsEarly)) ==
           (static_cast<uint64_t>(State::kOpen) |
            static_cast<uint64_t>(Mode::kEnforce) << kModeShift);
  }

  // CLOSED, in a mode that judges, and no call has to ask.
  bool admits_all() const {
    return (bits_ & (kNotClosed | kNoJudge | kAsks)) == 0;
  }

  // That, and no totals are kept.
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
  static constexpr int kGenerationShift = 16;

  static constexpr uint64_t kNotClosed = 3;
  static constexpr uint64_t kModeMask = 3 << kModeShift;
  static constexpr uint64_t kNoJudge = 2 << kModeShift;
  static constexpr uint64_t kAsks = 1 << kAsksShift;
  static constexpr uint64_t kWindowMask = 3 << kWindowShift;
  static constexpr uint64_t kTotals = 1 << kTotalsShift;
  static constexpr uint64_t kSlow = 1 << kSlowShift;
  static constexpr uint64_t kEndsEarly = 1 << kEndsEarlyShift;
  static constexpr uint64_t kMarks = kTotalsOnly | kSettled | kProbe | kHasSlot;

  static_assert(static_cast<int>(State::kClosed) == 0);
  static_assert(static_cast<int>(Mode::kEnforce) < 2 &&
                static_cast<int>(Mode::kDryRun) < 2 &&
                static_cast<int>(Mode::kDisabled) >= 2 &&
                static_cast<int>(Mode::kForcedOpen) >= 2);

  uint64_t bits_ = 0;
};

// Whether verdicts feed the machine.
inline bool Judges(Mode mode) {
  return mode == Mode::kEnforce || mode == Mode::kDryRun;
}

}  // namespace fusebox::internal

#endif  // FUSEBOX_CORE_INTERNAL_STATE_WORD_H_
