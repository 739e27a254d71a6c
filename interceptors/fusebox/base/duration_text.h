// duration_text.h: durations as configs write them, "1.5s".

#ifndef FUSEBOX_BASE_DURATION_TEXT_H_
#define FUSEBOX_BASE_DURATION_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/export.h"

namespace fusebox {

// "60s", "0.5s", "-1.25s": decimal seconds without trailing zeros, exact to
// the nanosecond. The form of a duration in proto3 JSON.
FUSEBOX_EXPORT std::string FormatDuration(Duration duration);

// Reads the form of a duration in proto3 JSON: decimal seconds with at most
// nine digits after the point and an "s" at the end, exact to the nanosecond;
// FormatDuration() writes it. Nothing and `*problem` ("must be a
// duration like ...") for any other text and for a length beyond Duration's
// range.
FUSEBOX_EXPORT std::optional<Duration> ParseDuration(std::string_view text,
                                                     std::string* problem);

// google.protobuf.Duration's two numbers in one; nothing where they have
// different signs, or `nanos` is a second or more, or Duration cannot hold
// them.
FUSEBOX_EXPORT std::optional<Duration> JoinDuration(int64_t seconds,
                                                    int32_t nanos);

}  // namespace fusebox

#endif  // FUSEBOX_BASE_DURATION_TEXT_H_
