// duration_text.h: writes and reads durations in the form of proto3 JSON.
//
// This is the form that configs use: decimal seconds and an "s".
//
//   fusebox::FormatDuration(std::chrono::milliseconds(1500));  // "1.5s"
//   std::string problem;
//   if (auto duration = fusebox::ParseDuration("0.25s", &problem)) { ... }

#ifndef FUSEBOX_BASE_DURATION_TEXT_H_
#define FUSEBOX_BASE_DURATION_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/export.h"

namespace fusebox {

// Returns decimal seconds without trailing zeros, exact to the nanosecond:
// "60s", "0.5s", "-1.25s".
FUSEBOX_EXPORT std::string FormatDuration(Duration duration);

// Reads decimal seconds with at most nine digits after the point and an "s" at
// the end, exact to the nanosecond. Returns nullopt and sets `*problem` ("must
// be a duration like ...") for any other text and for a length that Duration
// cannot hold.
FUSEBOX_EXPORT std::optional<Duration> ParseDuration(std::string_view text,
                                                     std::string* problem);

// Returns a length for people: "0.4s", "12s", "3m12s", "2h5m" or "4d3h", with
// at most two units. Rounds up, so that a countdown shows "0s" only when it is
// over. A negative length is "0s".
FUSEBOX_EXPORT std::string DurationWords(Duration length);

// Joins the two fields of a google.protobuf.Duration. Returns nullopt if their
// signs differ, if `nanos` amounts to a second or more, or if Duration cannot
// hold their sum.
FUSEBOX_EXPORT std::optional<Duration> JoinDuration(int64_t seconds,
                                                    int32_t nanos);

}  // namespace fusebox

#endif  // FUSEBOX_BASE_DURATION_TEXT_H_
