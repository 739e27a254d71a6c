// code_classifier.h: status code -> success, failure or ignored.

#ifndef FUSEBOX_POLICY_CODE_CLASSIFIER_H_
#define FUSEBOX_POLICY_CODE_CLASSIFIER_H_

#include <cstdint>

#include "fusebox/base/internal/export.h"
#include "fusebox/core/types.h"
#include "fusebox/policy/policy.h"

namespace fusebox {

// What a policy's code lists come to. A small value; thread-safe.
class FUSEBOX_EXPORT CodeClassifier {
 public:
  // The default classes.
  CodeClassifier() : CodeClassifier(Policy()) {}
  explicit CodeClassifier(const Policy& policy);

  // Any number may be given; one outside 0..16 is UNKNOWN.
  Outcome Classify(int code) const;

 private:
  uint32_t failures_;  // a bit a code
  uint32_t ignored_;
};

}  // namespace fusebox

#endif  // FUSEBOX_POLICY_CODE_CLASSIFIER_H_
