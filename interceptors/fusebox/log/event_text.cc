#include "fusebox/log/event_text.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/base/internal/elapsed.h"
#include "fusebox/base/text.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"
#include "fusebox/policy/rejection_text.h"
#include "fusebox/policy/status_code.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/event.h"

namespace fusebox {
namespace {

constexpr size_t kMaxProblemBytes = 2000;

// Nobody reads nanoseconds.
std::string Milliseconds(Duration duration) {
  return FormatDuration(std::chrono::ceil<std::chrono::milliseconds>(duration));
}

// Removes `prefix` from the beginning of `*text`. Returns whether it was there.
bool Cut(std::string_view prefix, std::string_view* text) {
  if (text->substr(0, prefix.size()) != prefix) return false;
  text->remove_prefix(prefix.size());
  return true;
}

// The parts of a message of gRPC that could not connect.
struct ConnectError {
  std::string_view address;
  std::string_view reason;
};

// Reads "failed to connect to all addresses; last error: UNKNOWN:
// ipv4:10.0.0.7:443: Failed to connect to remote host: Connection refused".
// Returns any other message as the reason.
ConnectError ReadConnectError(std::string_view message) {
  ConnectError error;
  std::string_view rest = message;
  if (Cut("failed to connect to all addresses; last error: ", &rest)) {
    const size_t code = rest.find(": ");
    if (code != std::string_view::npos) rest.remove_prefix(code + 2);
    const bool is_ip = Cut("ipv4:", &rest) || Cut("ipv6:", &rest);
    const size_t end = rest.find(": ");
    if (end != std::string_view::npos &&
        (is_ip || rest.substr(0, 5) == "unix:")) {
      error.address = rest.substr(0, end);
      rest.remove_prefix(end + 2);
    }
    Cut("Failed to connect to remote host: ", &rest);
  }
  error.reason = rest;
  return error;
}

// The call that the event is about, if there is one.
std::optional<FailedCall> CallOf(const Event& event) {
  if (!event.code) return std::nullopt;
  return FailedCall{*event.code, event.detail, event.address, event.duration,
                    event.at};
}

// Empty where there was no call.
std::string CallText(const Event& event) {
  const auto call = CallOf(event);
  return call ? FailedCallText(*call) : "";
}

// " by alice", or nothing if nobody knows who it was.
std::string By(const std::string& author) {
  return author.empty() ? "" : " by " + OneLine(author);
}

// "FORCED_OPEN, CLOSED: set for 10m by alice"
std::string ModeText(const Event& event) {
  std::string text = "mode " + std::string(Name(event.transition.mode)) + ", " +
                     std::string(Name(event.transition.to));
  if (event.act == nullptr) return text;
  const OperatorAct& act = *event.act;
  const std::string limit = act.limit ? DurationWords(*act.limit) : "";
  switch (act.kind) {
    case OperatorAct::Kind::kSet:
    case OperatorAct::Kind::kRenewed:
      text += act.kind == OperatorAct::Kind::kSet ? ": set" : ": renewed";
      if (!limit.empty()) text += " for " + limit;
      return text + By(act.author);
    case OperatorAct::Kind::kCleared:
      return text + ": cleared" + By(act.author);
    case OperatorAct::Kind::kExpired:
      text += ": expired";
      if (!limit.empty()) text += " after " + limit;
      if (!act.author.empty()) text += ", was set" + By(act.author);
      return text;
    case OperatorAct::Kind::kReset:
      break;
  }
  return text;
}

// "config 4 is in force, by alice: defaultPolicy.openDuration: 5s -> 30s"
std::string OriginText(const ConfigOrigin& origin) {
  switch (origin.kind) {
    case ConfigOrigin::Kind::kCode:
      break;
    case ConfigOrigin::Kind::kFile:
      return ", from " + OneLine(origin.name);
    case ConfigOrigin::Kind::kOperator:
      return origin.name.empty() ? ", by an operator" : "," + By(origin.name);
  }
  return "";
}

std::string TransitionText(const Event& event) {
  const Transition& change = event.transition;
  std::string text(Name(change.from));
  if (change.from == change.to) {
    text = "reset";
  } else {
    text += " -> " + std::string(Name(change.to));
  }
  if (change.to == State::kOpen) {
    text += " for " + Milliseconds(change.open_duration);
    if (change.openings > 1) {
      text += ", opening " + std::to_string(change.openings) + " in a row";
    }
  }
  if (change.outage && change.to == State::kClosed) {
    text += " after " + OutageText(*change.outage, change.at);
  }
  text += ": " + CauseText(event);
  return event.act == nullptr ? text : text + By(event.act->author);
}

// "123 calls rejected: OPEN, retry after 0.8s"
std::string RejectionText(const Event& event) {
  std::string text = Count(event.count, "call");
  text += event.enforced ? " rejected: " : " would have been rejected: ";
  text += Name(event.reason);
  if (event.retry_after) {
    text += ", retry after " + Milliseconds(*event.retry_after);
  }
  return text;
}

std::string ProbeText(const Event& event) {
  const std::string probes =
      event.count == 1 ? "a probe" : Count(event.count, "probe");
  if (!event.outcome) return probes + (event.count == 1 ? " begins" : " begin");
  return probes + (event.count == 1 ? " has ended: " : " have ended, last ") +
         std::string(Name(*event.outcome)) + ", " + CallText(event) +
         " after " + Milliseconds(event.duration);
}

// "has left in CLOSED after 12 calls, 3 rejected"
std::string RetiredText(const Event& event) {
  if (event.last == nullptr) return "has left";
  const TotalsReading& totals = event.last->totals;
  return "has left in " + std::string(Name(event.last->state)) + " after " +
         Count(totals.admitted + totals.rejected_in_all(), "call") + ", " +
         Grouped(totals.rejected_in_all()) + " rejected";
}

// The lines of a config's problems on one.
std::string ProblemText(std::string_view problems) {
  std::string text;
  while (!problems.empty()) {
    const size_t end = problems.find('\n');
    const std::string_view line = problems.substr(0, end);
    if (!line.empty()) {
      text += (text.empty() ? "" : "; ") + Escaped(line, kMaxProblemBytes);
    }
    if (end == std::string_view::npos || text.size() > kMaxProblemBytes) break;
    problems.remove_prefix(end + 1);
  }
  return text;
}

}  // namespace

std::string FailedCallText(const FailedCall& call) {
  const ConnectError error = ReadConnectError(call.message);
  std::string text(StatusCodeName(static_cast<int>(call.code)));
  if (!error.reason.empty()) {
    text += ": " + Escaped(error.reason, Event::kMaxDetail);
  }
  const std::string_view address =
      error.address.empty() ? call.address : error.address;
  if (!address.empty()) text += ", from " + Escaped(address);
  return text;
}

std::string CauseText(const Cause& cause,
                      const std::optional<FailedCall>& call) {
  return DescribeCause(cause, call ? FailedCallText(*call) : "");
}

std::string CauseText(const Event& event) {
  return CauseText(event.transition.cause, CallOf(event));
}

std::string OutageText(const Outage& outage, TimePoint now) {
  std::string text = DurationWords(internal::Elapsed(outage.since, now)) +
                     ", " + Count(outage.openings, "opening") + ", " +
                     Count(outage.rejected, "call") + " rejected";
  if (outage.not_enforced > 0) {
    text += ", " + Grouped(outage.not_enforced) + " let pass by DRY_RUN";
  }
  if (outage.fallbacks > 0) {
    text += ", " + Grouped(outage.fallbacks) + " answered by a fallback";
  }
  return text;
}

std::string EventTextOnly(const Event& event) {
  switch (event.type) {
    case EventType::kTransition:
      return TransitionText(event);
    case EventType::kMode:
      return ModeText(event);
    case EventType::kRejection:
      return RejectionText(event);
    case EventType::kProbe:
      return ProbeText(event);
    case EventType::kBrokenStream:
      return Count(event.count, "stream") + " broke, last " + CallText(event) +
             " after " + Milliseconds(event.duration);
    case EventType::kFallback:
      return Count(event.count, "rejected call") + " answered by a fallback";
    case EventType::kConfigUpdated:
      return "config " + std::to_string(event.config_generation) +
             " is in force" + OriginText(event.origin) +
             (event.detail.empty() ? "" : ": " + OneLine(event.detail));
    case EventType::kConfigRefused:
      // The problems of a file begin with its path.
      return "a config was refused" +
             (event.origin.kind == ConfigOrigin::Kind::kFile
                  ? ""
                  : OriginText(event.origin)) +
             ", " + std::to_string(event.config_generation) +
             " stays in force: " + ProblemText(event.detail);
    case EventType::kRetired:
      return RetiredText(event);
    case EventType::kOverflow:
      return Count(event.count, "call") +
             " passed without a breaker, because the limit of breakers per "
             "target is reached" +
             (event.detail.empty() ? "" : ", last " + event.detail);
  }
  return "?";
}

std::string EventText(const Event& event) {
  if (event.breaker == nullptr) return EventTextOnly(event);
  return BreakerText(*event.breaker) + ": " + EventTextOnly(event);
}

}  // namespace fusebox
