// time_text.h: lengths and points of time, for people.

#ifndef FUSEBOX_TOOLS_TEXT_TIME_TEXT_H_
#define FUSEBOX_TOOLS_TEXT_TIME_TEXT_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "fusebox/base/clock.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace fusebox::tool {

// "0.4s", "12s", "3m12s", "2h5m", "4d3h": two units, rounded up: what counts
// down says 0s when its time has come.
std::string DurationWords(Duration length);

// The other way, as strictly: whole numbers with d, h, m (or min), s and ms,
// the larger first, each once: "10m", "1h30m", "90s". Errors: INVALID_ARGUMENT
// that says what would be right.
absl::StatusOr<Duration> ParseDurationWords(std::string_view text);

// What no Duration holds is the longest there is.
Duration ToDuration(const google::protobuf::Duration& duration);
google::protobuf::Duration FromDuration(Duration duration);

// Local time: "2026-03-01 16:10:18.123".
std::string TimeText(const google::protobuf::Timestamp& time);

// The same without its date.
std::string ClockText(const google::protobuf::Timestamp& time);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_TEXT_TIME_TEXT_H_
