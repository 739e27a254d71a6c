// bounded_json.h: makes messages of other processes fit to be kept and shown.

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

// Returns `message` as proto3 JSON, on one line. Each text in it is clipped,
// each list or map keeps at most 32 items, and a field that proto3 JSON cannot
// express, such as a time in the year 10000, is left out.
std::string BoundedJson(const google::protobuf::Message& message);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_DASHBOARD_BOUNDED_JSON_H_
