// json_text.h: what a process says, as JSON on one line.
//
// Names and values are those of proto3 JSON: "inState" and "12.5s", 64-bit
// numbers as strings, and a field that is zero or empty is left out.

#ifndef FUSEBOX_TOOLS_TEXT_JSON_TEXT_H_
#define FUSEBOX_TOOLS_TEXT_JSON_TEXT_H_

#include <string>

#include "google/protobuf/message.h"

namespace fusebox::tool {

// An object whose first member, "process", says who sent it; with a newline.
std::string JsonLine(const std::string& process,
                     const google::protobuf::Message& message);

// The same with one member more, `name`, whose value is a text.
std::string JsonLine(const std::string& process, const std::string& name,
                     const std::string& value);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_TEXT_JSON_TEXT_H_
