// reference_model.h: a second, independent implementation of the breaker.
//
// It is slow, plain and single-threaded. It keeps every outcome in a list with
// its time, and computes everything from the lists when it is asked. It shares
// settings and vocabulary with the library, but no rules.

#ifndef FUSEBOX_TESTS_CORE_REFERENCE_MODEL_H_
#define FUSEBOX_TESTS_CORE_REFERENCE_MODEL_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fusebox/core/permit.h"
#include "fusebox/core/settings.h"
#include "fusebox/core/types.h"

namespace fusebox {

class ReferenceModel {
 public:
  // `random` returns numbers in [0, 1).
  ReferenceModel(const Settings& settings, std::function<double()> random)
      : settings_(settings), random_(std::move(random)) {}

  struct Call {
    uint64_t generation = 0;
    bool judged = false;
    bool slot = false;
    int probe = 0;
    bool settled = false;
  };
  struct Answer {
    std::optional<Call> call;
    std::optional<RejectionReason> rejected;
    std::optional<int64_t> retry_after;
  };

  // What the caller knows about the connection to its backend.
  enum class Way { kUnknown, kDown, kCameBack };

  Answer Acquire(CallShape shape, Way way, int64_t now);
  void Settle(Call& call, const Verdict& verdict, int64_t now);
  void Release(Call& call);
  void BreakStream(const Verdict& failure, int64_t now);
  void SetOperatorMode(std::optional<Mode> mode) { operator_mode_ = mode; }
  void Reset(int64_t now) {
    const bool in_outage = state_ != State::kClosed;
    row_ = 0;
    Enter(State::kClosed, "OPERATOR", now);
    ramp_since_.reset();
    was_reset_ = in_outage;
  }
  void Update(const Settings& settings);

  Mode mode() const { return operator_mode_.value_or(settings_.mode); }
  State state() const { return state_; }
  uint64_t generation() const { return generation_; }
  uint32_t run() const { return run_; }
  int64_t score() const { return score_; }
  uint32_t row() const { return row_; }
  int64_t open_until() const { return open_until_; }
  size_t probes() const { return probes_.size(); }
  uint32_t probe_successes() const { return probe_successes_; }
  uint32_t slots() const { return slots_; }
  struct Counts {
    uint64_t calls = 0, failures = 0, slow = 0;
  };
  Counts Count(int64_t now) const;

  // Returns one line for each transition so far: "CLOSED>OPEN:FAILURE_RATE".
  const std::vector<std::string>& told() const { return told_; }

 private:
  struct Outcome1 {
    int64_t at;
    bool failure;
    bool slow;
  };
  struct Probe {
    int64_t since;
    bool may_time_out;
  };

  bool Rated() const {
    return settings_.failure_rate || settings_.slow_call_rate;
  }
  bool Slow(const Verdict& verdict) const {
    return settings_.slow_call_rate &&
           verdict.duration >= settings_.slow_call_rate->duration;
  }
  void Record(bool failure, bool slow, const Verdict& verdict, int64_t now);
  void Open(const char* reason, bool failed, int64_t pushback, int64_t now);
  void Enter(State to, const char* reason, int64_t now);
  Answer Reject(RejectionReason reason, std::optional<int64_t> retry_after);

  Settings settings_;
  std::function<double()> random_;
  std::optional<Mode> operator_mode_;
  State state_ = State::kClosed;
  uint64_t generation_ = 1;
  std::optional<int64_t> closed_since_;
  int64_t open_until_ = 0;
  std::optional<int64_t> connect_by_;
  bool was_reset_ = false;
  uint32_t row_ = 0;
  uint32_t run_ = 0;
  int64_t last_failure_ = 0;
  int64_t score_ = 0;
  std::vector<Outcome1> outcomes_;
  std::map<int, Probe> probes_;
  int last_probe_ = 0;
  uint32_t probe_successes_ = 0;
  uint32_t slots_ = 0;
  std::optional<int64_t> ramp_since_;
  double credit_ = 1;
  std::vector<std::string> told_;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_CORE_REFERENCE_MODEL_H_
