// time_text.h: writes times and reads durations for people.

#ifndef FUSEBOX_TOOLS_TEXT_TIME_TEXT_H_
#define FUSEBOX_TOOLS_TEXT_TIME_TEXT_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "fusebox/base/clock.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace fusebox::tool {

// Reads whole numbers with the units d, h, m (or min), s and ms, from the
// larger unit to the smaller, each at most once: "10m", "1h30m", "90s". Any
// other text is INVALID_ARGUMENT, with a message that says what would be right.
absl::StatusOr<Duration> ParseDurationWords(std::string_view text);

// Convert between the two types. A length that Duration cannot hold becomes the
// longest Duration.
Duration ToDuration(const google::protobuf::Duration& duration);
google::protobuf::Duration FromDuration(Duration duration);

// Returns the local time "2026-03-01 16:10:18.123".
std::string TimeText(const google::protobuf::Timestamp& time);

// Returns the local time without its date, "16:10:18.123".
std::string ClockText(const google::protobuf::Timestamp& time);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_TEXT_TIME_TEXT_H_
