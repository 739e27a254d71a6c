// method_breaker.h: one method's breaker, and what its policy says about RPCs.

#ifndef FUSEBOX_REGISTRY_INTERNAL_METHOD_BREAKER_H_
#define FUSEBOX_REGISTRY_INTERNAL_METHOD_BREAKER_H_

#include <atomic>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "fusebox/base/clock.h"
#include "fusebox/core/breaker.h"
#include "fusebox/policy/code_classifier.h"
#include "fusebox/policy/policy.h"

namespace fusebox::internal {

class CallRecorder;

// Lives as long as its registry. Thread-safe: an update may change what it
// says from one call to the next, each part on its own.
class MethodBreaker {
 public:
  // REQUIRES: `policy.Validate()` finds no problem. `breaker` works by the same
  // policy, may be shared with other methods, and must outlive this.
  // So must `recorder`, which is told of its calls; null: nothing is.
  MethodBreaker(std::string target, std::string method, const Policy& policy,
                Breaker& breaker, std::string key = "",
                CallRecorder* recorder = nullptr)
      : target_(std::move(target)),
        method_(std::move(method)),
        key_(std::move(key)) {
    Update(policy, breaker, recorder);
  }

  // From now on its calls meet this breaker, by this policy. RPCs under way
  // settle with the breaker that admitted them, by what is said here then.
  void Update(const Policy& policy, Breaker& breaker,
              CallRecorder* recorder = nullptr) {
    breaker_.store(&breaker, std::memory_order_release);
    recorder_.store(recorder, std::memory_order_release);
    classifier_.store(CodeClassifier(policy), std::memory_order_release);
    min_deadline_.store(policy.min_deadline, std::memory_order_release);
    stream_verdict_.store(policy.stream_verdict, std::memory_order_release);
    count_broken_streams_.store(policy.count_broken_streams,
                                std::memory_order_release);
    rejection_code_.store(policy.rejection_code, std::memory_order_release);
    exempt_.store(false, std::memory_order_release);
  }

  // The method is never broken, until the next update.
  void Exempt() { exempt_.store(true, std::memory_order_release); }
  bool exempt() const { return exempt_.load(std::memory_order_acquire); }

  // The channel's target, or what its factory was named; may be empty.
  const std::string& target() const { return target_; }

  // "/shop.v1.Cart/Checkout"
  const std::string& method() const { return method_; }

  // Which of the method's breakers (Registry::Find()); empty for the plain one.
  const std::string& key() const { return key_; }

  Breaker& breaker() const { return *breaker_.load(std::memory_order_acquire); }
  CallRecorder* recorder() const {
    return recorder_.load(std::memory_order_acquire);
  }
  CodeClassifier classifier() const {
    return classifier_.load(std::memory_order_acquire);
  }
  Duration min_deadline() const {
    return min_deadline_.load(std::memory_order_acquire);
  }
  StreamVerdict stream_verdict() const {
    return stream_verdict_.load(std::memory_order_acquire);
  }
  bool count_broken_streams() const {
    return count_broken_streams_.load(std::memory_order_acquire);
  }
  absl::StatusCode rejection_code() const {
    return rejection_code_.load(std::memory_order_acquire);
  }

 private:
  const std::string target_;
  const std::string method_;
  const std::string key_;
  std::atomic<Breaker*> breaker_{nullptr};
  std::atomic<CallRecorder*> recorder_{nullptr};
  std::atomic<CodeClassifier> classifier_{CodeClassifier()};
  std::atomic<Duration> min_deadline_{Duration(0)};
  std::atomic<StreamVerdict> stream_verdict_{};
  std::atomic<bool> count_broken_streams_{false};
  std::atomic<absl::StatusCode> rejection_code_{};
  std::atomic<bool> exempt_{false};
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_REGISTRY_INTERNAL_METHOD_BREAKER_H_
