#include "fusebox/admin/internal/methods.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/admin/internal/breaker_matcher.h"
#include "fusebox/admin/internal/breaker_views.h"
#include "fusebox/admin/internal/checks.h"
#include "fusebox/admin/internal/nearest_breaker.h"
#include "fusebox/admin/internal/view.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/base/problem.h"
#include "fusebox/config/config_proto.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/settings.h"
#include "fusebox/core/types.h"
#include "fusebox/log/event_log.h"
#include "fusebox/log/event_text.h"
#include "fusebox/policy/config.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/registry.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox::internal {
namespace {

// Of one breaker, in GetBreaker.
constexpr size_t kLastEvents = 64;

// Of a config that are told: its event is kept.
constexpr size_t kMaxProblems = 1000;

}  // namespace

AdminMethods::AdminMethods(std::shared_ptr<BreakerViews> views,
                           const EventLog::Options& event_log,
                           std::function<void()> mode_set)
    : views_(std::move(views)),
      event_log_(views_->registry(), event_log),
      mode_set_(std::move(mode_set)) {}

absl::Status AdminMethods::Do(const v1::ListBreakersRequest& request,
                              v1::ListBreakersResponse* response) {
  const BreakerMatcher matcher(request.filter());
  const Moment moment = Moment::Now(registry().clock());
  for (const BreakerView& view : views_->Read(moment.at)) {
    if (matcher.Matches(view.shown, view.now.breaker)) {
      ToProto(view, moment, response->add_breakers());
    }
  }
  views_->ToProto(response->mutable_process());
  return absl::OkStatus();
}

absl::Status AdminMethods::Do(const v1::GetBreakerRequest& request,
                              v1::GetBreakerResponse* response) {
  const BreakerName name = FromProto(request.name());
  const Moment moment = Moment::Now(registry().clock());
  const std::vector<BreakerView> views = views_->Read(moment.at);
  const BreakerView* found = nullptr;
  std::vector<BreakerName> names;
  for (const BreakerView& view : views) {
    if (view.shown == name) found = &view;
    names.push_back(view.shown);
  }
  if (found == nullptr) {
    const std::optional<BreakerName> nearest = NearestBreaker(name, names);
    return absl::NotFoundError(
        "name: no breaker is named " + BreakerText(name) +
        (nearest ? "; the nearest is " + BreakerText(*nearest)
                 : "; there are " + std::to_string(names.size())));
  }
  ToProto(*found, moment, response->mutable_breaker());
  ToProto(*found->now.policy, response->mutable_policy());
  EventLog::Query query;
  query.limit = kLastEvents;
  query.wanted = [&](const Event& event) {
    return event.breaker != nullptr && Shown(*event.breaker) == name;
  };
  for (const Event& event : event_log_.Read(query)) {
    ToProto(event, response->add_events());
  }
  return absl::OkStatus();
}

absl::Status AdminMethods::Do(const v1::ListEventsRequest& request,
                              v1::ListEventsResponse* response) {
  const BreakerMatcher matcher(request.filter());
  const std::set<std::string> types(request.type().begin(),
                                    request.type().end());
  EventLog::Query query;
  query.after_sequence = request.after_sequence();
  query.limit = LimitOf(request);
  query.wanted = [&](const Event& event) {
    if (!types.empty() && types.count(std::string(Name(event.type))) == 0) {
      return false;
    }
    return event.breaker == nullptr
               ? matcher.matches_every_name()
               : matcher.MatchesName(Shown(*event.breaker));
  };
  for (const Event& event : event_log_.Read(query)) {
    ToProto(event, response->add_events());
  }
  return absl::OkStatus();
}

absl::Status AdminMethods::Do(const v1::SetModeRequest& request,
                              v1::SetModeResponse* response) {
  const auto found = Find(request.filter());
  if (!found.ok()) return found.status();
  std::optional<Mode> mode;
  if (request.has_mode()) mode = FromProto(request.mode());
  std::optional<Duration> limit;
  if (request.has_time_limit()) {
    limit = JoinDuration(request.time_limit().seconds(),
                         request.time_limit().nanos());
  }
  for (const Registry::BreakerInUse& in_use : *found) {
    if (!views_->limits().SetMode(in_use.name, in_use.breaker, mode, limit)) {
      return absl::ResourceExhaustedError("no thread to end the mode with");
    }
  }
  mode_set_();
  Show(*found, response);
  return absl::OkStatus();
}

absl::Status AdminMethods::Do(const v1::ResetBreakersRequest& request,
                              v1::ResetBreakersResponse* response) {
  const auto found = Find(request.filter());
  if (!found.ok()) return found.status();
  for (const Registry::BreakerInUse& in_use : *found) in_use.breaker.Reset();
  Show(*found, response);
  return absl::OkStatus();
}

absl::Status AdminMethods::Do(const v1::GetConfigRequest&,
                              v1::GetConfigResponse* response) {
  const ConfigInForce in_force = registry().config_in_force();
  *response->mutable_config() = ConfigToProto(in_force.config);
  response->set_generation(in_force.generation);
  return absl::OkStatus();
}

absl::Status AdminMethods::Do(const v1::UpdateConfigRequest& request,
                              v1::UpdateConfigResponse* response) {
  Problems problems;
  const absl::StatusOr<Config> config =
      ConfigFromProto(request.config(), &problems);
  if (!config.ok()) {
    for (Problem& problem : problems) problem.path = "config." + problem.path;
    if (problems.size() > kMaxProblems) {
      const size_t more = problems.size() - kMaxProblems;
      problems.resize(kMaxProblems);
      problems.push_back({"config", std::to_string(more) + " more problems"});
    }
    absl::Status error =
        problems.empty() ? config.status() : ToStatus(problems);
    registry().ReportConfigError(error);
    return error;
  }
  if (absl::Status status = registry().Update(*config, request.generation());
      !status.ok()) {
    return status;
  }
  response->set_generation(request.generation() + 1);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Registry::BreakerInUse>> AdminMethods::Find(
    const v1::BreakerFilter& filter) const {
  const BreakerMatcher matcher(filter);
  std::vector<Registry::BreakerInUse> found;
  const std::vector<Registry::BreakerInUse> all = registry().BreakersInUse();
  for (const Registry::BreakerInUse& in_use : all) {
    if (matcher.Matches(Shown(in_use.name), in_use.breaker.TakeSnapshot())) {
      found.push_back(in_use);
    }
  }
  if (found.empty()) {
    return absl::NotFoundError("filter: matches none of " +
                               std::to_string(all.size()) + " breakers");
  }
  return found;
}

template <typename Response>
void AdminMethods::Show(const std::vector<Registry::BreakerInUse>& breakers,
                        Response* response) {
  std::set<BreakerName> names;
  for (const Registry::BreakerInUse& in_use : breakers) {
    names.insert(Shown(in_use.name));
  }
  const Moment moment = Moment::Now(registry().clock());
  for (const BreakerView& view : views_->Read(moment.at)) {
    if (names.count(view.shown) != 0) {
      ToProto(view, moment, response->add_breakers());
    }
  }
}

}  // namespace fusebox::internal
