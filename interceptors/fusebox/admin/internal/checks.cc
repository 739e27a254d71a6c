#include "fusebox/admin/internal/checks.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/base/problem.h"
#include "fusebox/base/text.h"
#include "fusebox/core/settings.h"
#include "fusebox/registry/event.h"
#include "fusebox/v1/admin.pb.h"
#include "google/protobuf/duration.pb.h"

namespace fusebox::internal {
namespace {

void CheckGlob(const char* path, const std::string& glob, Problems* problems) {
  if (glob.size() <= kMaxGlobBytes) return;
  problems->push_back(
      {path, "must be at most " + std::to_string(kMaxGlobBytes) + " bytes",
       std::to_string(glob.size()) + " bytes: " + Quoted(glob)});
}

void CheckNames(const v1::BreakerFilter& filter, Problems* problems) {
  CheckGlob("filter.target", filter.target(), problems);
  CheckGlob("filter.method", filter.method(), problems);
  CheckGlob("filter.key", filter.key(), problems);
}

void CheckFilter(const v1::BreakerFilter& filter, Problems* problems) {
  CheckNames(filter, problems);
  for (int i = 0; i < filter.state_size(); ++i) {
    const int state = filter.state(i);
    if (state >= v1::CLOSED && state <= v1::HALF_OPEN) continue;
    problems->push_back({ElementPath("filter.state", static_cast<size_t>(i)),
                         "must be CLOSED, OPEN or HALF_OPEN",
                         state == v1::STATE_UNSPECIFIED
                             ? "STATE_UNSPECIFIED"
                             : std::to_string(state)});
    break;
  }
}

template <typename Request>
Problems CheckGivenFilter(const Request& request) {
  Problems problems;
  if (!request.has_filter()) {
    problems.push_back({"filter", "must be given; {} stands for all"});
  }
  CheckFilter(request.filter(), &problems);
  return problems;
}

std::optional<Duration> Join(const google::protobuf::Duration& duration) {
  return JoinDuration(duration.seconds(), duration.nanos());
}

std::string Text(const google::protobuf::Duration& duration) {
  const std::optional<Duration> joined = Join(duration);
  return joined ? FormatDuration(*joined)
                : std::to_string(duration.seconds()) + " seconds and " +
                      std::to_string(duration.nanos()) + " nanos";
}

bool IsIn(const google::protobuf::Duration& duration, Duration least,
          Duration most) {
  const std::optional<Duration> joined = Join(duration);
  return joined && *joined >= least && *joined <= most;
}

bool IsEventType(const std::string& name) {
  for (int i = 0; i < kEventTypeCount; ++i) {
    if (name == Name(static_cast<EventType>(i))) return true;
  }
  return false;
}

std::string EventTypes() {
  std::string names;
  for (int i = 0; i < kEventTypeCount; ++i) {
    names += i == 0 ? "" : i + 1 < kEventTypeCount ? ", " : " or ";
    names += Name(static_cast<EventType>(i));
  }
  return names;
}

}  // namespace

Problems Check(const v1::ListBreakersRequest& request) {
  Problems problems;
  CheckFilter(request.filter(), &problems);
  return problems;
}

Problems Check(const v1::GetBreakerRequest& request) {
  if (request.has_name()) return {};
  return {{"name", "must be given"}};
}

Problems Check(const v1::WatchBreakersRequest& request) {
  Problems problems;
  CheckFilter(request.filter(), &problems);
  if (request.has_interval() &&
      !IsIn(request.interval(), kLeastWatchInterval, kMaxWatchInterval)) {
    problems.push_back({"interval",
                        "must be in [" + FormatDuration(kLeastWatchInterval) +
                            ", " + FormatDuration(kMaxWatchInterval) + "]",
                        Text(request.interval())});
  }
  return problems;
}

Problems Check(const v1::ListEventsRequest& request) {
  Problems problems;
  CheckNames(request.filter(), &problems);
  if (request.filter().state_size() > 0) {
    problems.push_back(
        {"filter.state", "must be left out: events are matched by name"});
  }
  if (request.filter().troubled()) {
    problems.push_back(
        {"filter.troubled", "must be left out: events are matched by name"});
  }
  if (request.limit() > kMaxEventLimit) {
    problems.push_back({"limit",
                        "must be at most " + std::to_string(kMaxEventLimit),
                        std::to_string(request.limit())});
  }
  for (int i = 0; i < request.type_size(); ++i) {
    if (IsEventType(request.type(i))) continue;
    problems.push_back({ElementPath("type", static_cast<size_t>(i)),
                        "must be " + EventTypes(), Quoted(request.type(i))});
    break;
  }
  return problems;
}

Problems Check(const v1::SetModeRequest& request) {
  Problems problems = CheckGivenFilter(request);
  if (request.has_mode() && !v1::Policy::Mode_IsValid(request.mode())) {
    problems.push_back({"mode",
                        "must be ENFORCE, DRY_RUN, DISABLED or FORCED_OPEN",
                        std::to_string(static_cast<int>(request.mode()))});
  }
  if (!request.has_time_limit()) return problems;
  if (!request.has_mode()) {
    problems.push_back({"time_limit", "must be left out where there is no mode",
                        Text(request.time_limit())});
  } else if (!IsIn(request.time_limit(), Duration(1), kMaxModeLimit)) {
    problems.push_back({"time_limit",
                        "must be greater than 0s and at most " +
                            FormatDuration(kMaxModeLimit) + " (30 days)",
                        Text(request.time_limit())});
  }
  return problems;
}

Problems Check(const v1::ResetBreakersRequest& request) {
  return CheckGivenFilter(request);
}

Problems Check(const v1::GetConfigRequest&) { return {}; }
Problems Check(const v1::ListConfigsRequest&) { return {}; }

Problems Check(const v1::UpdateConfigRequest& request) {
  if (request.has_config()) return {};
  return {{"config", "must be given; {} stands for all defaults"}};
}

absl::Status ToStatus(const Problems& problems) {
  if (problems.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(ToString(problems));
}

Duration IntervalOf(const v1::WatchBreakersRequest& request) {
  if (!request.has_interval()) return kDefaultWatchInterval;
  return Join(request.interval()).value_or(kDefaultWatchInterval);
}

uint32_t LimitOf(const v1::ListEventsRequest& request) {
  return request.limit() == 0 ? kDefaultEventLimit : request.limit();
}

}  // namespace fusebox::internal
