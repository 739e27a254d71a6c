// checks.h: finds what is wrong with a request to the admin service.
//
// A problem names the field, its value (shortened if it is long) and what is
// allowed. In a list, only the first wrong element is reported.

#ifndef FUSEBOX_ADMIN_INTERNAL_CHECKS_H_
#define FUSEBOX_ADMIN_INTERNAL_CHECKS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/problem.h"
#include "fusebox/core/settings.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox::internal {

inline constexpr size_t kMaxGlobBytes = 1024;
inline constexpr Duration kLeastWatchInterval = std::chrono::milliseconds(100);
inline constexpr Duration kMaxWatchInterval = std::chrono::seconds(60);
inline constexpr Duration kDefaultWatchInterval = std::chrono::seconds(1);
inline constexpr uint32_t kDefaultEventLimit = 1000;
inline constexpr uint32_t kMaxEventLimit = 10000;
inline constexpr Duration kMaxModeLimit = std::chrono::hours(24 * 30);

Problems Check(const v1::ListBreakersRequest& request);
Problems Check(const v1::GetBreakerRequest& request);
Problems Check(const v1::WatchBreakersRequest& request);
Problems Check(const v1::ListEventsRequest& request);
Problems Check(const v1::SetModeRequest& request);
Problems Check(const v1::ResetBreakersRequest& request);
Problems Check(const v1::GetConfigRequest& request);
Problems Check(const v1::ListConfigsRequest& request);

// Leaves the config itself to ConfigFromProto() (config/config_proto.h).
Problems Check(const v1::UpdateConfigRequest& request);

// Returns OK, or INVALID_ARGUMENT with all problems.
absl::Status ToStatus(const Problems& problems);

// REQUIRES: Check() finds no problem.
Duration IntervalOf(const v1::WatchBreakersRequest& request);
uint32_t LimitOf(const v1::ListEventsRequest& request);

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_CHECKS_H_
