// policy_table_text.h: prints the policies of a config as a table for people.

#ifndef FUSEBOX_TOOLS_FUSEBOX_POLICY_TABLE_TEXT_H_
#define FUSEBOX_TOOLS_FUSEBOX_POLICY_TABLE_TEXT_H_

#include <string>
#include <vector>

#include "fusebox/policy/config.h"
#include "fusebox/v1/config.pb.h"

namespace fusebox::tool {

// One field of a policy: "failureRate.threshold" and "0.5". A list is shown as
// its items, and a message without fields as "off".
struct FieldText {
  std::string path;
  std::string value;
};
bool operator==(const FieldText& a, const FieldText& b);

// Returns the fields that are present, in the order of the schema.
std::vector<FieldText> FieldTexts(const v1::Policy& policy);

// Returns one aligned line per field. "*" marks each field that is not in
// `defaults`.
std::string FieldLines(const std::vector<FieldText>& fields,
                       const std::vector<FieldText>& defaults);

// Fills in each code list that is left out with the codes that it stands for.
Config WithEffectiveCodes(Config config);

// Returns a block of lines for the default policy and one for each entry, which
// begins with the names of the entry. "*" marks the fields that differ from the
// default policy.
std::string PolicyTableText(const Config& config);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_FUSEBOX_POLICY_TABLE_TEXT_H_
