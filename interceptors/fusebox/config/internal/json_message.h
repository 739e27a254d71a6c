// json_message.h: reads strict JSON into a protobuf message, and writes it.
//
// The message is a v1::Config, or any other that has only scalars, enums,
// durations, messages and lists of those. Protobuf's own parser is not strict
// enough: it stops at its first error, and takes numbers for enums, NaN and
// trailing commas.

#ifndef FUSEBOX_CONFIG_INTERNAL_JSON_MESSAGE_H_
#define FUSEBOX_CONFIG_INTERNAL_JSON_MESSAGE_H_

#include <string>
#include <string_view>

#include "fusebox/base/problem.h"
#include "google/protobuf/message.h"

namespace fusebox::internal {

// Reads a JSON object. Sets every field of `message` whose value can be read,
// and sets `problems` to everything that is wrong, in the order of the text.
// Paths are as written: "defaultPolicy.openDuration", or "config" for the whole
// object. Returns false if the text is not a JSON object, or nests more than 32
// deep. If it is not JSON, the only problem has the path "line 2, column 7":
// both count from 1, and columns count characters.
bool ReadJson(std::string_view text, google::protobuf::Message* message,
              Problems* problems);

// Writes the fields that are present, in the order of the schema, indented by
// two spaces. A number is the shortest text that reads back equal.
std::string WriteJson(const google::protobuf::Message& message);

}  // namespace fusebox::internal

#endif  // FUSEBOX_CONFIG_INTERNAL_JSON_MESSAGE_H_
