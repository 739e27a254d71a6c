// rejection_sums.h: makes one event of many rejections.

#ifndef FUSEBOX_TOOLS_TEXT_REJECTION_SUMS_H_
#define FUSEBOX_TOOLS_TEXT_REJECTION_SUMS_H_

#include <cstddef>
#include <utility>
#include <vector>

#include "fusebox/v1/admin.pb.h"

namespace fusebox::tool {

// The index of a process, and an event of it.
using EventOf = std::pair<size_t, v1::Event>;

// Sums up REJECTION and FALLBACK events: makes one event of those of one
// breaker, of the same reason, between which nothing else happened to that
// breaker. The sum stands where the first of them stood. Its text says how many
// calls it counts and when the last one was.
std::vector<EventOf> SumUpRejections(std::vector<EventOf> events);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_TEXT_REJECTION_SUMS_H_
