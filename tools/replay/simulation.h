// simulation.h: simulates what the breakers of a config would have done with
// recorded calls.
//
//   Simulation simulation(policies, {&tally, &writer}, std::nullopt);
//   while (log.Next(&call)) simulation.Run(call);
//   simulation.Finish();
//
// Time is simulated. Each call asks its breaker at start_us. If it is admitted,
// it settles at start_us + duration_us with the outcome of its code. At equal
// times, calls settle before other calls ask. Calls that settle at the same
// time settle in the order of the input. The same input always gives the same
// events.

#ifndef FUSEBOX_TOOLS_REPLAY_SIMULATION_H_
#define FUSEBOX_TOOLS_REPLAY_SIMULATION_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/base/random.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"
#include "fusebox/policy/code_classifier.h"
#include "fusebox/policy/policy_table.h"
#include "tools/replay/call_log.h"

namespace fusebox::tool {

// What a call was in the recording, and what became of it in the simulation.
struct CallResult {
  // The outcome of its code.
  Outcome outcome = Outcome::kIgnored;

  // Whether it is slow by the policy of its method.
  bool slow = false;

  // Whether its breaker admitted it.
  bool admitted = true;
};

// Receives the events in order.
class SimulationObserver {
 public:
  virtual ~SimulationObserver() = default;

  // Called when the circuit of a breaker has changed.
  virtual void OnTransition(int64_t t_us, const Transition& transition) = 0;

  // Called when a call was rejected or, if not enforced, would have been
  // rejected.
  virtual void OnRejected(const RecordedCall& call, RejectionReason reason,
                          bool enforced) = 0;

  // Called for every call, after the events that it caused. `breaker` is null
  // for a call that is exempt from circuit breaking.
  virtual void OnCall(const RecordedCall& call, const Breaker* breaker,
                      const CallResult& result) = 0;
};

class Simulation {
 public:
  // All arguments must outlive the simulation. Openings have jitter only if
  // there is a seed, and equal seeds give equal jitter.
  Simulation(const PolicyTable& policies,
             std::vector<SimulationObserver*> observers,
             std::optional<uint64_t> seed);

  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  // Runs the next call. REQUIRES: calls come in the order of start_us and, if
  // these are equal, of the input.
  void Run(const RecordedCall& call);

  // Lets the calls in flight end.
  void Finish();

 private:
  struct Method {
    Breaker* breaker = nullptr;  // null if the method is exempt
    CodeClassifier classifier;
    std::optional<Duration> slow_after;  // absent without the slow-call rule
  };
  struct Settlement {
    int64_t end_us;
    uint64_t number;  // the call's position in the input
    Permit permit;
    Verdict verdict;
  };

  Method& Find(std::string_view method);
  void SettleUntil(int64_t t_us);
  static bool Later(const Settlement& a, const Settlement& b);

  // The source of jitter. Without a seed it always returns the middle, which
  // means no jitter.
  class Dice final : public RandomSource {
   public:
    explicit Dice(std::optional<uint64_t> seed);
    double Next() noexcept override;

   private:
    std::optional<std::mt19937_64> engine_;
  };

  const PolicyTable& policies_;
  Dice dice_;
  const std::vector<SimulationObserver*> observers_;
  InlineDelivery sink_;
  std::map<std::string, std::unique_ptr<Breaker>, std::less<>> breakers_;
  std::unordered_map<std::string, Method> methods_;
  std::vector<Settlement> in_flight_;  // a heap; the next call to end is first
  uint64_t calls_ = 0;
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_REPLAY_SIMULATION_H_
