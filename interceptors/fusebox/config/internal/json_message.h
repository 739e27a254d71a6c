// json_message.h: strict JSON -> a message of the config's kind, and back.
//
// Of proto3 JSON it takes what configs need (scalars, enums by name, messages,
// lists, google.protobuf.Duration) and leaves nothing to chance: protobuf's own
// parser stops at its first error, takes numbers for enums, NaN and trailing
// commas.

#ifndef FUSEBOX_CONFIG_INTERNAL_JSON_MESSAGE_H_
#define FUSEBOX_CONFIG_INTERNAL_JSON_MESSAGE_H_

#include <string>
#include <string_view>

#include "fusebox/base/problem.h"
#include "fusebox/core/settings.h"
#include "google/protobuf/message.h"

namespace fusebox::internal {

// Adds every problem of the text to `problems`, with the path as it is written
// ("defaultPolicy.openDuration"; "config" for the whole; a line and a column
// for what is no JSON), and to `message` every field that has none. False if
// the text is no JSON object at all.
bool ReadJson(std::string_view text, google::protobuf::Message* message,
              Problems* problems);

// The fields that are present, in their order, indented by 2. Numbers are the
// shortest that read back equal.
std::string WriteJson(const google::protobuf::Message& message);

}  // namespace fusebox::internal

#endif  // FUSEBOX_CONFIG_INTERNAL_JSON_MESSAGE_H_
