// time_text.h: durations and moments as text for people.

#ifndef FUSEBOX_TOOLS_TEXT_TIME_TEXT_H_
#define FUSEBOX_TOOLS_TEXT_TIME_TEXT_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "fusebox/base/clock.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace fusebox::tool {

// Returns "0.4s", "12s", "3m12s", "2h5m" or "4d3h": at most two units, rounded
// up, so that a countdown says "0s" only when its time has come. A negative
// length is "0s".
std::string DurationWords(Duration length);

// Reads whole numbers with the units d, h, m (or min), s and ms, from the
// larger unit to the smaller, each at most once: "10m", "1h30m", "90s". Any
// other text is INVALID_ARGUMENT, with a message that says what would be right.
absl::StatusOr<Duration> ParseDurationWords(std::string_view text);

// Converts between the two types. What is too long for a Duration becomes the
// longest Duration.
Duration ToDuration(const google::protobuf::Duration& duration);
google::protobuf::Duration FromDuration(Duration duration);

// Returns the local time "2026-03-01 16:10:18.123".
std::string TimeText(const google::protobuf::Timestamp& time);

// Returns the local time without its date, "16:10:18.123".
std::string ClockText(const google::protobuf::Timestamp& time);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_TEXT_TIME_TEXT_H_
