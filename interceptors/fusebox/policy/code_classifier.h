// code_classifier.h: decides by status code whether a call succeeded.
//
//   const fusebox::CodeClassifier classifier(policy);
//   if (classifier.Classify(status.error_code()) ==
//       fusebox::Outcome::kFailure) { ... }

#ifndef FUSEBOX_POLICY_CODE_CLASSIFIER_H_
#define FUSEBOX_POLICY_CODE_CLASSIFIER_H_

#include <cstdint>

#include "fusebox/base/internal/export.h"
#include "fusebox/core/types.h"
#include "fusebox/policy/policy.h"

namespace fusebox {

// Classifies status codes by the lists of a policy (Policy::failure_codes and
// Policy::ignored_codes). A small immutable value; thread-safe.
class FUSEBOX_EXPORT CodeClassifier {
 public:
  // Classifies by the default lists.
  CodeClassifier() : CodeClassifier(Policy()) {}
  explicit CodeClassifier(const Policy& policy);

  // Returns the outcome of a call that ended with `code`. A number outside
  // [0, 16] counts as UNKNOWN.
  Outcome Classify(int code) const;

 private:
  uint32_t failures_;  // one bit per code
  uint32_t ignored_;
};

}  // namespace fusebox

#endif  // FUSEBOX_POLICY_CODE_CLASSIFIER_H_
