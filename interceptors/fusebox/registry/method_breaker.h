// method_breaker.h: one method's breaker, and what its policy says about RPCs.

#ifndef FUSEBOX_REGISTRY_METHOD_BREAKER_H_
#define FUSEBOX_REGISTRY_METHOD_BREAKER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/clock.h"
#include "fusebox/policy/code_classifier.h"
#include "fusebox/policy/policy.h"

namespace fusebox {

// Lives as long as its registry. Thread-safe.
class MethodBreaker {
 public:
  // REQUIRES: `policy.Validate()` finds no problem.
  MethodBreaker(std::string target, std::string method, const Policy& policy,
                const Breaker::Options& options)
      : target_(std::move(target)),
        classifier_(policy),
        min_deadline_(policy.min_deadline),
        stream_verdict_(policy.stream_verdict),
        count_broken_streams_(policy.count_broken_streams),
        rejection_code_(policy.rejection_code),
        breaker_(Breaker::Create(std::move(method), policy, options)) {}

  // The channel's target, or what its factory was named; may be empty.
  const std::string& target() const { return target_; }

  // "/shop.v1.Cart/Checkout"
  const std::string& method() const { return breaker_->name(); }

  Breaker& breaker() const { return *breaker_; }
  const CodeClassifier& classifier() const { return classifier_; }
  Duration min_deadline() const { return min_deadline_; }
  StreamVerdict stream_verdict() const { return stream_verdict_; }
  bool count_broken_streams() const { return count_broken_streams_; }
  absl::StatusCode rejection_code() const { return rejection_code_; }

 private:
  const std::string target_;
  const CodeClassifier classifier_;
  const Duration min_deadline_;
  const StreamVerdict stream_verdict_;
  const bool count_broken_streams_;
  const absl::StatusCode rejection_code_;
  const std::unique_ptr<Breaker> breaker_;
};

}  // namespace fusebox

#endif  // FUSEBOX_REGISTRY_METHOD_BREAKER_H_
