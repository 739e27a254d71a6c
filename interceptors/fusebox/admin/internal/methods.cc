#include "fusebox/admin/internal/methods.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/admin/internal/breaker_matcher.h"
#include "fusebox/admin/internal/breaker_reader.h"
#include "fusebox/admin/internal/checks.h"
#include "fusebox/admin/internal/mode_limits.h"
#include "fusebox/admin/internal/view.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/base/text.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/settings.h"
#include "fusebox/core/transition.h"
#include "fusebox/log/event_log.h"
#include "fusebox/log/event_text.h"
#include "fusebox/policy/config.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/registry.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox::internal {
namespace {

// How many events GetBreaker returns.
constexpr size_t kMaxEvents = 64;

// How much is compared to find the nearest name, so that it takes no time.
constexpr size_t kMaxLetters = 128;
constexpr size_t kMaxNames = 500;

size_t Size(const BreakerName& name) {
  return name.target.size() + name.method.size() + name.key.size();
}

// Returns the name that needs the fewest letters inserted, deleted or replaced,
// or nullopt if none is similar.
std::optional<BreakerName> NearestBreaker(
    const BreakerName& name, const std::vector<BreakerView>& views) {
  if (Size(name) > kMaxLetters) return std::nullopt;
  size_t least = Size(name) / 2 + 1;
  std::optional<BreakerName> nearest;
  for (size_t i = 0; i < std::min(views.size(), kMaxNames); ++i) {
    const BreakerName& known = views[i].shown;
    if (Size(known) > kMaxLetters) continue;
    // Parts that were left out are not compared.
    size_t distance = EditDistance(name.method, known.method);
    if (!name.target.empty()) {
      distance += EditDistance(name.target, known.target);
    }
    if (!name.key.empty()) distance += EditDistance(name.key, known.key);
    if (distance < least) {
      least = distance;
      nearest = known;
    }
  }
  return nearest;
}

// Returns whether the config names the method and no call has met it.
bool IsUnused(const Registry& registry, const std::string& method) {
  const std::vector<UnusedName> unused = registry.unused_names();
  return std::any_of(unused.begin(), unused.end(),
                     [&](const UnusedName& one) { return one.name == method; });
}

}  // namespace

AdminMethods::AdminMethods(BreakerReader* reader, const EventLog* event_log)
    : reader_(*reader), event_log_(*event_log) {}

absl::Status AdminMethods::Do(const v1::ListBreakersRequest& request,
                              v1::ListBreakersResponse* response) {
  const BreakerMatcher matcher(request.filter());
  const Moment moment = Moment::Now(registry().clock());
  for (const BreakerView& view : reader_.Read(moment.at)) {
    if (matcher.Matches(view.shown, view.now.breaker)) {
      ToProto(view, moment, response->add_breakers());
    }
  }
  reader_.ToProto(response->mutable_process());
  return absl::OkStatus();
}

absl::Status AdminMethods::Do(const v1::GetBreakerRequest& request,
                              v1::GetBreakerResponse* response) {
  const BreakerName name = FromProto(request.name());
  const Moment moment = Moment::Now(registry().clock());
  const std::vector<BreakerView> views = reader_.Read(moment.at);
  const auto found =
      std::find_if(views.begin(), views.end(),
                   [&](const BreakerView& view) { return view.shown == name; });
  if (found == views.end()) {
    const std::optional<BreakerName> nearest = NearestBreaker(name, views);
    return absl::NotFoundError(
        "name: no breaker is named " + BreakerText(name) +
        (IsUnused(registry(), name.method)
             ? ", which the config names and no call has met"
             : "") +
        (nearest ? "; the nearest is " + BreakerText(*nearest)
                 : "; there are " + std::to_string(views.size())));
  }
  ToProto(*found, moment, response->mutable_breaker());
  ToProto(*found->now.policy, response->mutable_policy());
  for (const UnusedName& unused : registry().unused_names()) {
    if (unused.nearest == found->now.name.method) {
      response->add_similar_unused_names(unused.name);
    }
  }
  EventLog::Query query;
  query.limit = kMaxEvents;
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
  reader_.ToProto(response->mutable_process());
  return absl::OkStatus();
}

absl::Status AdminMethods::Do(const v1::SetModeRequest& request,
                              const std::string& author,
                              v1::SetModeResponse* response) {
  const auto found = Find(request.filter());
  if (!found.ok()) return found.status();
  ModeLimits::Request wanted;
  wanted.author = author;
  if (request.has_mode()) wanted.mode = FromProto(request.mode());
  if (request.has_time_limit()) {
    wanted.limit = JoinDuration(request.time_limit().seconds(),
                                request.time_limit().nanos());
  }
  for (const Registry::BreakerInUse& in_use : *found) {
    if (!reader_.limits().SetMode(in_use.name, in_use.breaker, wanted)) {
      return absl::ResourceExhaustedError("no thread to end the mode with");
    }
  }
  Show(*found, response);
  return absl::OkStatus();
}

absl::Status AdminMethods::Do(const v1::ResetBreakersRequest& request,
                              const std::string& author,
                              v1::ResetBreakersResponse* response) {
  const auto found = Find(request.filter());
  if (!found.ok()) return found.status();
  OperatorAct act;
  act.kind = OperatorAct::Kind::kReset;
  act.author = author;
  for (const Registry::BreakerInUse& in_use : *found) {
    in_use.breaker->Reset(registry().clock().Now(), &act);
  }
  Show(*found, response);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Registry::BreakerInUse>> AdminMethods::Find(
    const v1::BreakerFilter& filter) const {
  const BreakerMatcher matcher(filter);
  std::vector<Registry::BreakerInUse> found;
  const std::vector<Registry::BreakerInUse> all = registry().BreakersInUse();
  for (const Registry::BreakerInUse& in_use : all) {
    if (matcher.Matches(Shown(in_use.name), in_use.breaker->TakeSnapshot())) {
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
  for (const BreakerView& view : reader_.Read(moment.at)) {
    if (names.count(view.shown) != 0) {
      ToProto(view, moment, response->add_breakers());
    }
  }
}

}  // namespace fusebox::internal
