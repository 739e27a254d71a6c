// json_text.h: writes the messages of a process as lines of JSON.
//
// Names and values are those of proto3 JSON: "inState" and "12.5s". All numbers
// are JSON numbers. Every field is there; only one that may be absent is left
// out if it is. docs/json.md describes the lines.

#ifndef FUSEBOX_TOOLS_TEXT_JSON_TEXT_H_
#define FUSEBOX_TOOLS_TEXT_JSON_TEXT_H_

#include <string>

#include "google/protobuf/message.h"

namespace fusebox::tool {

// Returns an object whose first member, "process", names the sender, and a
// newline.
std::string JsonLine(const std::string& process,
                     const google::protobuf::Message& message);

// Returns an object with the members "process" and `name`, and a newline.
std::string JsonLine(const std::string& process, const std::string& name,
                     const std::string& value);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_TEXT_JSON_TEXT_H_
