// policy_table_text.h: a config's policies as a table for people.

#ifndef FUSEBOX_TOOLS_FUSEBOX_POLICY_TABLE_TEXT_H_
#define FUSEBOX_TOOLS_FUSEBOX_POLICY_TABLE_TEXT_H_

#include <string>
#include <vector>

#include "fusebox/policy/config.h"
#include "google/protobuf/message.h"

namespace fusebox::tool {

// A field of a message, flat: "failureRate.threshold" and "0.5"; the items of a
// list in one, and "off" for a message with nothing in it.
struct FieldText {
  std::string path;
  std::string value;
};
bool operator==(const FieldText& a, const FieldText& b);

// Those that are present, in their order.
std::vector<FieldText> FieldTexts(const google::protobuf::Message& message);

// The code lists that are left out, filled in with what they come to.
Config WithEffectiveCodes(Config config);

// A block for the default policy and one for each entry, headed by its names; a
// line a field, "*" before those that differ from the default policy.
std::string PolicyTableText(const Config& config);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_FUSEBOX_POLICY_TABLE_TEXT_H_
