// bounded_json.h: limits the size of the messages of other processes.

#ifndef FUSEBOX_TOOLS_DASHBOARD_BOUNDED_JSON_H_
#define FUSEBOX_TOOLS_DASHBOARD_BOUNDED_JSON_H_

#include <cstddef>
#include <string>

#include "google/protobuf/message.h"

namespace fusebox::tool {

inline constexpr size_t kMaxTextBytes = 1024;

// Returns `text`, or its first kMaxTextBytes bytes followed by "..." if it is
// longer. It never cuts a UTF-8 character in two.
std::string Clipped(const std::string& text);

// Clips each text in `message`, and removes all but 32 items of each list or
// map.
void Bound(google::protobuf::Message* message);

// Returns `message` as proto3 JSON on one line, within the limits of Bound().
// Leaves out fields that proto3 JSON cannot express, such as a time in the year
// 10000.
std::string BoundedJson(const google::protobuf::Message& message);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_DASHBOARD_BOUNDED_JSON_H_
