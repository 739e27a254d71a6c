// state_word.h: what decides about a call, in one 64-bit word.
//
//   generation << 16 | ends early << 12 | totals << 7 | window kind << 5 |
//   asks << 4 | mode << 2 | state
//
// `asks` is set while every call has to ask under the lock: there is a bulkhead
// or a recovery ramp. `totals` is set if totals are kept, `ends early` if a
// call may end an opening before its time.
//
// A permit keeps the word by which it was admitted, and marks in it what is
// special about the call (Mark). So one comparison with the present word tells
// that a call is an ordinary one and that nothing has changed since.

#ifndef FUSEBOX_CORE_STATE_WORD_H_
#define FUSEBOX_CORE_STATE_WORD_H_

#include <cstdint>

#include "fusebox/core/types.h"

namespace fusebox {

// What the rates are taken over (window.h). A bit each.
enum class WindowKind : uint8_t { kNone = 0, kTime = 1, kCalls = 2 };

class StateWord {
 public:
  enum Mark : uint64_t {
    kCounted = 1 << 8,   // it passed because of the mode: totals only
    kSettled = 1 << 9,   // it had its verdict
    kProbe = 1 << 10,    // it is a probe
    kHasSlot = 1 << 11,  // it holds a slot of the bulkhead
  };

  StateWord() = default;
  explicit StateWord(uint64_t bits) : bits_(bits) {}
  StateWord(uint64_t generation, State state, Mode mode, bool asks,
            WindowKind window, bool totals, bool ends_early)
      : bits_(generation << kGenerationShift |
              static_cast<uint64_t>(ends_early) << kEndsEarlyShift |
              static_cast<uint64_t>(totals) << kTotalsShift |
              static_cast<uint64_t>(window) << kWindowShift |
              static_cast<uint64_t>(asks) << kAsksShift |
              static_cast<uint64_t>(mode) << kModeShift |
              static_cast<uint64_t>(state)) {}

  uint64_t bits() const { return bits_; }
  uint64_t generation() const { return bits_ >> kGenerationShift; }
  State state() const { return static_cast<State>(bits_ & 3); }
  Mode mode() const { return static_cast<Mode>(bits_ >> kModeShift & 3); }
  bool has_window(WindowKind kind) const {
    return (bits_ & static_cast<uint64_t>(kind) << kWindowShift) != 0;
  }

  bool totals() const { return (bits_ >> kTotalsShift & 1) != 0; }
  bool ends_early() const { return (bits_ & kEndsEarly) != 0; }

  bool has(Mark mark) const { return (bits_ & mark) != 0; }
  StateWord With(Mark mark, bool marked = true) const {
    return StateWord(marked ? bits_ | mark : bits_);
  }

  // CLOSED, in a mode that judges; and, of a permit, nothing special.
  bool is_plain() const {
    return (bits_ & (kNotClosed | kNoJudge | kMarks)) == 0;
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

 private:
  static constexpr int kModeShift = 2;
  static constexpr int kAsksShift = 4;
  static constexpr int kWindowShift = 5;
  static constexpr int kTotalsShift = 7;
  static constexpr int kEndsEarlyShift = 12;
  static constexpr int kGenerationShift = 16;

  static constexpr uint64_t kNotClosed = 3;
  static constexpr uint64_t kModeMask = 3 << kModeShift;
  static constexpr uint64_t kNoJudge = 2 << kModeShift;
  static constexpr uint64_t kAsks = 1 << kAsksShift;
  static constexpr uint64_t kEndsEarly = 1 << kEndsEarlyShift;
  static constexpr uint64_t kMarks = kCounted | kSettled | kProbe | kHasSlot;

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

}  // namespace fusebox

#endif  // FUSEBOX_CORE_STATE_WORD_H_
