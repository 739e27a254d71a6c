// transition_log.h: keeps the transitions that a listener received.

#ifndef DEMO_TRANSITION_LOG_H_
#define DEMO_TRANSITION_LOG_H_

#include <mutex>
#include <utility>
#include <vector>

#include "fusebox/core/transition.h"

namespace outage {

// Thread-safe.
class TransitionLog {
 public:
  void Add(const fusebox::Transition& transition) {
    const std::lock_guard<std::mutex> lock(mu_);
    fresh_.push_back(transition);
  }

  // Returns the transitions since the last call of this function.
  std::vector<fusebox::Transition> TakeFresh() {
    const std::lock_guard<std::mutex> lock(mu_);
    return std::exchange(fresh_, {});
  }

 private:
  std::mutex mu_;
  std::vector<fusebox::Transition> fresh_;
};

}  // namespace outage

#endif  // DEMO_TRANSITION_LOG_H_
