#include "tools/dashboard/card.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "fusebox/v1/config.pb.h"
#include "google/protobuf/map.h"

namespace fusebox::tool {
namespace {

using nlohmann::json;

// Counters are told of that often.
constexpr Millis kInterval{1000};

template <typename Counts>
uint64_t SumOf(const Counts& counts) {
  uint64_t sum = 0;
  for (const auto& entry : counts) sum += entry.second;
  return sum;
}

// A number that this tool does not know yet stands for itself.
std::string StateName(v1::State state) {
  const std::string name(v1::State_Name(state));
  return name.empty() ? std::to_string(static_cast<int>(state)) : name;
}

std::string ModeName(v1::Policy::Mode mode) {
  const std::string name(v1::Policy::Mode_Name(mode));
  return name.empty() ? std::to_string(static_cast<int>(mode)) : name;
}

json NameJson(const v1::BreakerName& name) {
  return {{"target", Clip(name.target(), Card::kMostText)},
          {"method", Clip(name.method(), Card::kMostText)},
          {"key", Clip(name.key(), Card::kMostText)}};
}

// Rules that are off are left out.
json RulesJson(const v1::Thresholds& thresholds) {
  json rules = json::object();
  const auto add = [&rules](const char* name, auto value) {
    if (value > 0) rules[name] = value;
  };
  add("run", thresholds.consecutive_failures());
  add("ratio", thresholds.failure_rate());
  add("slow", thresholds.slow_call_rate());
  add("ratioCalls", thresholds.failure_minimum_calls());
  add("slowCalls", thresholds.slow_minimum_calls());
  add("concurrent", thresholds.max_concurrent_calls());
  add("probes", thresholds.max_probes());
  add("successes", thresholds.successes_to_close());
  add("openMs", ToMillis(thresholds.open_duration()).count());
  return rules;
}

json CountsJson(const v1::Breaker& breaker) {
  const v1::Totals& totals = breaker.totals();
  return {{"run", breaker.consecutive_failures()},
          {"calls", breaker.window().calls()},
          {"failures", breaker.window().failures()},
          {"slow", breaker.window().slow_calls()},
          {"concurrent", breaker.concurrent_calls()},
          {"probes", breaker.probes_in_flight()},
          {"probeSuccesses", breaker.probe_successes()},
          {"inFlight", totals.in_flight()},
          {"successes", totals.successes()},
          {"failed", totals.failures()},
          {"ignored", totals.ignored()},
          {"broken", totals.broken_streams()},
          {"fallbacks", totals.fallbacks()},
          {"rejected", SumOf(totals.rejected())},
          {"openMs", ToMillis(breaker.open_time()).count()},
          {"wouldReject", SumOf(totals.not_enforced())}};
}

}  // namespace

void Card::Set(Section* section, const json& value, Version version) {
  if (section->Set(value, version)) version_ = version;
}

void Card::Take(const v1::Breaker& breaker, Calls calls, Millis now,
                Version version) {
  Set(&name_, NameJson(breaker.name()), version);
  Set(&rules_, RulesJson(breaker.thresholds()), version);
  Set(&counts_, CountsJson(breaker), version);

  json state = {{"is", StateName(breaker.state())},
                {"mode", ModeName(breaker.mode())},
                {"openings", breaker.openings()},
                {"reason", Clip(breaker.reason(), kMostText)},
                {"cause", Clip(breaker.cause(), kMostText)}};
  // Another opening is another, however close it is to the last.
  if (breaker.generation() != generation_) {
    since_ = probe_at_ = Millis::min() / 2;
    generation_ = breaker.generation();
  }
  if (breaker.has_in_state()) {
    since_ = Steady(since_, now - ToMillis(breaker.in_state()));
    state["since"] = since_.count();
  }
  if (breaker.has_probe_in()) {
    const Millis left = ToMillis(breaker.probe_in());
    // Once it is over it stays over.
    if (left.count() > 0 || probe_at_ > now || probe_at_.count() < 0) {
      probe_at_ = Steady(probe_at_, now + left);
    }
    state["probeAt"] = probe_at_.count();
  }
  if (breaker.has_operator_mode()) {
    state["held"] = ModeName(breaker.operator_mode());
    if (breaker.has_operator_mode_left()) {
      mode_ends_at_ =
          Steady(mode_ends_at_, now + ToMillis(breaker.operator_mode_left()));
      state["heldUntil"] = mode_ends_at_.count();
    }
  }
  Set(&state_, state, version);

  const v1::Totals& totals = breaker.totals();
  const Sums sums = {totals.successes(), totals.failures(),
                     SumOf(totals.rejected())};
  if (calls == Calls::kUnseen) {
    rates_.Restart(sums);
  } else {
    rates_.Take(sums, std::max(taken_, now - kInterval), now, version);
  }
  taken_ = now;
}

void Card::TakeEvent(const v1::Event& event, Millis at, Version version) {
  const auto place = std::find_if(
      happened_.rbegin(), happened_.rend(), [&event](const Happened& happened) {
        return happened.sequence <= event.sequence();
      });
  if (place != happened_.rend() && place->sequence == event.sequence() &&
      event.sequence() != 0) {
    return;
  }
  if (place == happened_.rend() && happened_.size() >= kMostEvents) return;
  json happened = {
      {"at", at.count()},
      {"wall", event.time().seconds() * 1000 + event.time().nanos() / 1000000},
      {"type", Clip(event.type(), 32)},
      {"mode", ModeName(event.mode())},
      {"text", Clip(event.text(), kMostText)}};
  if (event.type() == "TRANSITION") {
    happened["from"] = StateName(event.from());
    happened["to"] = StateName(event.to());
    happened["reason"] = Clip(event.reason(), 64);
  }
  happened_.insert(place.base(),
                   Happened{event.sequence(), std::move(happened)});
  if (happened_.size() > kMostEvents) happened_.pop_front();

  json events = json::array();
  for (const Happened& each : happened_) events.push_back(each.json);
  Set(&events_, events, version);
}

void Card::ForgetSequence() {
  for (Happened& happened : happened_) happened.sequence = 0;
}

void Card::Append(Version than, std::string* json) const {
  *json += "{\"id\":" + std::to_string(id_) +
           ",\"process\":" + std::to_string(process_);
  name_.AppendIfNewer(than, "name", json);
  rules_.AppendIfNewer(than, "rules", json);
  state_.AppendIfNewer(than, "state", json);
  counts_.AppendIfNewer(than, "counts", json);
  events_.AppendIfNewer(than, "events", json);
  rates_.AppendIfNewer(than, json);
  *json += "}";
}

}  // namespace fusebox::tool
