// simulation.h: what the breakers of a config would have done with calls.
//
//   Simulation simulation(policies, {&tally, &writer}, std::nullopt);
//   while (log.Next(&call)) simulation.Run(call);
//   simulation.Finish();
//
// Time is simulated: each call asks its breaker at start_us and, if it is
// admitted, settles at start_us + duration_us with the verdict of its code. At
// equal times calls settle before others ask; calls that settle at one time do
// so in the order of the input. The same input gives the same events, always.

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

#include "fusebox/base/random.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/transition_queue.h"
#include "fusebox/core/types.h"
#include "fusebox/policy/code_classifier.h"
#include "fusebox/policy/policy_table.h"
#include "tools/replay/call_log.h"

namespace fusebox::tool {

// Told of events in their order. `breaker` is the breaker's key.
class SimulationObserver {
 public:
  virtual ~SimulationObserver() = default;

  // A breaker's circuit changed.
  virtual void OnTransition(int64_t t_us, const Transition& transition) = 0;

  // A call was rejected or, if not enforced, would have been.
  virtual void OnRejected(const RecordedCall& call, RejectionReason reason,
                          bool enforced) = 0;

  // Every call, after what it brought about. `breaker` is null for a call that
  // is never broken; else `outcome` is what its code comes to.
  virtual void OnCall(const RecordedCall& call, const Breaker* breaker,
                      Outcome outcome, bool admitted) = 0;
};

class Simulation {
 public:
  // All must outlive the simulation.
  // Openings have their jitter with a seed only, the same for the same seed.
  Simulation(const PolicyTable& policies,
             std::vector<SimulationObserver*> observers,
             std::optional<uint64_t> seed);

  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  // The next call. REQUIRES: calls come in the order of start_us, then input.
  void Run(const RecordedCall& call);

  // Lets the calls end that are under way.
  void Finish();

 private:
  // What the calls of one method meet.
  struct Method {
    Breaker* breaker = nullptr;  // null: never broken
    CodeClassifier classifier;
  };
  struct Settlement {
    int64_t end_us;
    uint64_t number;  // of the call in the input's order
    Permit permit;
    Verdict verdict;
  };

  Method& Find(std::string_view method);
  void SettleUntil(int64_t t_us);
  static bool Later(const Settlement& a, const Settlement& b);

  // Of jitter. Without a seed always the middle: no jitter.
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
  std::vector<Settlement> under_way_;  // a heap, the next to end first
  uint64_t calls_ = 0;
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_REPLAY_SIMULATION_H_
