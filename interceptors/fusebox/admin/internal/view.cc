#include "fusebox/admin/internal/view.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/internal/elapsed.h"
#include "fusebox/base/internal/utf8.h"
#include "fusebox/base/text.h"
#include "fusebox/config/config_proto.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/internal/totals.h"
#include "fusebox/core/settings.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/core/types.h"
#include "fusebox/log/event_text.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/rejection_text.h"
#include "fusebox/policy/status_code.h"
#include "fusebox/v1/admin.pb.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace fusebox::internal {
namespace {

// A longer detail, such as a list of a config's problems, is shortened.
constexpr size_t kMaxDetailBytes = 4096;

v1::State ProtoOf(State state) {
  return static_cast<v1::State>(static_cast<int>(state) + v1::CLOSED);
}

v1::Policy::Mode ProtoOf(Mode mode) {
  return static_cast<v1::Policy::Mode>(mode);
}

std::string Detail(const std::string& detail) {
  std::string shown = Shown(detail);
  if (shown.size() <= kMaxDetailBytes) return shown;
  return std::string(FirstBytes(shown, kMaxDetailBytes)) + "...";
}

using ByReason = std::array<uint64_t, kRejectionReasonCount>;

template <typename Map>
void Fill(const ByReason& counts, Map* proto) {
  for (size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    (*proto)[std::string(Name(static_cast<RejectionReason>(i)))] = counts[i];
  }
}

void Fill(const TotalsReading& totals, v1::Totals* proto) {
  proto->set_admitted(totals.admitted);
  proto->set_in_flight(totals.in_flight());
  proto->set_successes(totals.successes);
  proto->set_failures(totals.failures);
  proto->set_ignored(totals.ignored);
  proto->set_abandoned(totals.abandoned);
  proto->set_broken_streams(totals.broken_streams);
  proto->set_fallbacks(totals.fallbacks);
  proto->set_late(totals.late);
  Fill(totals.rejected, proto->mutable_rejected());
  Fill(totals.not_enforced, proto->mutable_not_enforced());
}

void Fill(const Settings& settings, v1::Thresholds* proto) {
  proto->set_consecutive_failures(settings.consecutive_failures);
  if (settings.failure_score) {
    proto->set_failure_score(settings.failure_score->threshold);
  }
  if (settings.failure_rate) {
    proto->set_failure_rate(settings.failure_rate->threshold);
    proto->set_failure_minimum_calls(settings.failure_rate->minimum_calls);
  }
  if (settings.slow_call_rate) {
    proto->set_slow_call_rate(settings.slow_call_rate->threshold);
    proto->set_slow_minimum_calls(settings.slow_call_rate->minimum_calls);
  }
  proto->set_max_concurrent_calls(settings.max_concurrent_calls);
  proto->set_max_probes(settings.half_open.max_probes);
  proto->set_successes_to_close(settings.half_open.successes_to_close);
  ToProto(settings.open_duration, proto->mutable_open_duration());
}

// Fills in an outage as it is, or was, at `now`.
void Fill(const Outage& outage, const std::optional<FailedCall>& first,
          TimePoint now, v1::Outage* proto) {
  ToProto(Elapsed(outage.since, now), proto->mutable_duration());
  proto->set_reason(std::string(Name(outage.cause.reason)));
  proto->set_cause(CauseText(outage.cause, first));
  proto->set_openings(outage.openings);
  proto->set_rejected(outage.rejected);
  proto->set_not_enforced(outage.not_enforced);
  proto->set_fallbacks(outage.fallbacks);
}

void Fill(const ModeLimits::Hold& hold, const Moment& moment,
          v1::Breaker* proto) {
  if (hold.end) {
    ToProto(Elapsed(moment.at, *hold.end), proto->mutable_operator_mode_left());
  }
  ToProto(moment.WallOf(hold.since), proto->mutable_operator_mode_since());
  ToProto(Elapsed(hold.since, moment.at), proto->mutable_operator_mode_age());
  proto->set_operator_mode_author(Shown(hold.author));
}

// Sets the fields that only a transition has.
void TransitionToProto(const Event& event, v1::Event* proto) {
  const Transition& change = event.transition;
  proto->set_from(ProtoOf(change.from));
  proto->set_reason(std::string(Name(change.cause.reason)));
  proto->set_generation(change.generation);
  if (change.to == State::kOpen && change.from != change.to) {
    ToProto(change.open_duration, proto->mutable_open_duration());
    proto->set_openings(change.openings);
  }
  if (change.outage) {
    v1::Outage* const outage = proto->mutable_outage();
    const auto since =
        event.wall -
        std::chrono::duration_cast<std::chrono::system_clock::duration>(
            Elapsed(change.outage->since, change.at));
    ToProto(since, outage->mutable_since());
    Fill(*change.outage, std::nullopt, change.at, outage);
  }
}

void RejectionToProto(const Event& event, v1::Event* proto) {
  proto->set_to(ProtoOf(event.state));
  proto->set_reason(std::string(Name(event.reason)));
  proto->set_enforced(event.enforced);
  if (event.retry_after) {
    ToProto(*event.retry_after, proto->mutable_retry_after());
  }
}

void Fill(const WindowCounts& window, v1::WindowCounts* proto) {
  proto->set_calls(static_cast<uint32_t>(window.calls));
  proto->set_failures(static_cast<uint32_t>(window.failures));
  proto->set_slow_calls(static_cast<uint32_t>(window.slow_calls));
}

}  // namespace

Moment Moment::Now(const Clock& clock) {
  return {clock.Now(), clock.WallNow()};
}

std::chrono::system_clock::time_point Moment::WallOf(TimePoint then) const {
  using std::chrono::duration_cast;
  using Wall = std::chrono::system_clock::duration;
  return wall - duration_cast<Wall>(Elapsed(then, at)) +
         duration_cast<Wall>(Elapsed(at, then));
}

std::string Shown(const std::string& text) {
  if (IsUtf8(text)) return text;
  return absl::CHexEscape(absl::string_view(text.data(), text.size()));
}

BreakerName Shown(const BreakerName& name) {
  return {Shown(name.target), Shown(name.method), Shown(name.key)};
}

void ToProto(Duration duration, google::protobuf::Duration* proto) {
  constexpr Duration::rep kSecond = 1'000'000'000;
  proto->set_seconds(duration.count() / kSecond);
  proto->set_nanos(static_cast<int32_t>(duration.count() % kSecond));
}

void ToProto(std::chrono::system_clock::time_point time,
             google::protobuf::Timestamp* proto) {
  const auto since = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  proto->set_seconds(seconds.count());
  proto->set_nanos(static_cast<int32_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(since - seconds)
          .count()));
}

void ToProto(const BreakerName& shown, v1::BreakerName* proto) {
  proto->set_target(shown.target);
  proto->set_method(shown.method);
  proto->set_key(shown.key);
}

BreakerName FromProto(const v1::BreakerName& proto) {
  return {std::string(proto.target()), std::string(proto.method()),
          std::string(proto.key())};
}

Mode FromProto(v1::Policy::Mode mode) { return static_cast<Mode>(mode); }

void ToProto(const BreakerView& view, const Moment& moment,
             v1::Breaker* proto) {
  const Snapshot& breaker = view.now.breaker;
  ToProto(view.shown, proto->mutable_name());
  proto->set_state(ProtoOf(breaker.state));
  proto->set_mode(ProtoOf(breaker.mode));
  if (breaker.operator_mode) {
    proto->set_operator_mode(ProtoOf(*breaker.operator_mode));
  }
  if (view.hold) Fill(*view.hold, moment, proto);
  proto->set_generation(breaker.generation);
  if (breaker.since) {
    ToProto(moment.WallOf(*breaker.since), proto->mutable_since());
    ToProto(Elapsed(*breaker.since, moment.at), proto->mutable_in_state());
  }
  if (breaker.open_until) {
    ToProto(Elapsed(moment.at, *breaker.open_until), proto->mutable_probe_in());
  }
  if (breaker.state != State::kClosed) {
    proto->set_reason(std::string(Name(breaker.opened_by.reason)));
    proto->set_cause(CauseText(breaker.opened_by, view.now.last_failure));
    proto->set_openings(breaker.openings);
  } else {
    proto->set_consecutive_failures(breaker.consecutive_failures);
    proto->set_failure_score(breaker.failure_score);
    Fill(breaker.window, proto->mutable_window());
  }
  proto->set_concurrent_calls(breaker.concurrent_calls);
  proto->set_probes_in_flight(breaker.probes_in_flight);
  proto->set_probe_successes(breaker.probe_successes);
  Fill(breaker.totals, proto->mutable_totals());
  ToProto(breaker.open_time, proto->mutable_open_time());
  Fill(breaker.settings, proto->mutable_thresholds());
  proto->set_last_event(view.last_event);
  if (breaker.outage) {
    v1::Outage* const outage = proto->mutable_outage();
    ToProto(moment.WallOf(breaker.outage->since), outage->mutable_since());
    Fill(*breaker.outage, view.now.first_failure, moment.at, outage);
    if (breaker.outage->openings > 1) outage->set_last_cause(proto->cause());
  }
}

void ToProto(const Event& event, v1::Event* proto) {
  proto->set_sequence(event.sequence);
  ToProto(event.wall, proto->mutable_time());
  ToProto(event.at.time_since_epoch(), proto->mutable_monotonic());
  proto->set_type(std::string(Name(event.type)));
  if (event.breaker != nullptr) {
    ToProto(Shown(*event.breaker), proto->mutable_breaker());
  }
  if (event.type == EventType::kTransition) TransitionToProto(event, proto);
  if (event.type == EventType::kTransition || event.type == EventType::kMode) {
    proto->set_to(ProtoOf(event.transition.to));
    proto->set_mode(ProtoOf(event.transition.mode));
  }
  if (event.type == EventType::kRejection) RejectionToProto(event, proto);
  if (event.breaker == nullptr) {
    proto->set_generation(event.config_generation);
    proto->set_author(Shown(event.origin.name));
    proto->set_action(std::string(Name(event.origin.kind)));
  }
  if (event.act != nullptr) {
    proto->set_author(Shown(event.act->author));
    proto->set_action(std::string(Name(event.act->kind)));
    if (event.act->limit) {
      ToProto(*event.act->limit, proto->mutable_time_limit());
    }
  }
  if (event.outcome) proto->set_outcome(std::string(Name(*event.outcome)));
  if (event.code) {
    proto->set_code(std::string(StatusCodeName(static_cast<int>(*event.code))));
    if (event.breaker != nullptr) {
      ToProto(event.duration, proto->mutable_duration());
    }
  }
  proto->set_detail(Detail(event.detail));
  proto->set_address(Shown(event.address));
  proto->set_count(event.count);
  proto->set_text(EventText(event));
}

void ToProto(const Policy& policy, v1::Policy* proto) {
  Config config;
  config.default_policy = policy;
  proto->Swap(ConfigToProto(config).mutable_default_policy());
}

}  // namespace fusebox::internal
