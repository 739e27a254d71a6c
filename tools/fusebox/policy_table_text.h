// policy_table_text.h: the policies of a config as a table for people.

#ifndef FUSEBOX_TOOLS_FUSEBOX_POLICY_TABLE_TEXT_H_
#define FUSEBOX_TOOLS_FUSEBOX_POLICY_TABLE_TEXT_H_

#include <string>
#include <vector>

#include "fusebox/policy/config.h"
#include "fusebox/v1/config.pb.h"

namespace fusebox::tool {

// One field of a policy: "failureRate.threshold" and "0.5". The value of a list
// is its items, and that of a message without fields is "off".
struct FieldText {
  std::string path;
  std::string value;
};
bool operator==(const FieldText& a, const FieldText& b);

// Returns the fields that are present, in the order of the schema.
std::vector<FieldText> FieldTexts(const v1::Policy& policy);

// Fills in the code lists that are left out with the codes they stand for.
Config WithEffectiveCodes(Config config);

// Returns a block for the default policy and one for each entry, headed by its
// names. A block has one line per field, and "*" marks the fields that differ
// from the default policy.
std::string PolicyTableText(const Config& config);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_FUSEBOX_POLICY_TABLE_TEXT_H_
