#include "fusebox/log/logger.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/no_throw.h"
#include "fusebox/base/text.h"
#include "fusebox/core/types.h"
#include "fusebox/log/event_text.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/method_snapshot.h"
#include "fusebox/registry/registry.h"
#include "fusebox/registry/subscription.h"

namespace fusebox {

using internal::CallSummary;
using internal::NoThrow;

namespace {

LogLevel LevelOf(const Event& event) {
  return event.type == EventType::kConfigRefused ? LogLevel::kWarning
                                                 : LogLevel::kInfo;
}

}  // namespace

std::string_view Name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "DEBUG";
    case LogLevel::kInfo:
      return "INFO";
    case LogLevel::kWarning:
      return "WARNING";
  }
  return "?";
}

LogSink LogToStderr() {
  return [](const LogLine& line) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(line.at);
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(
            line.at.time_since_epoch()) %
        1000;
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char time[32];
    std::strftime(time, sizeof(time), "%Y-%m-%dT%H:%M:%S", &utc);
    std::fprintf(stderr, "%s.%03dZ %s fusebox: %s\n", time,
                 static_cast<int>(milliseconds.count()),
                 std::string(Name(line.level)).c_str(), line.text.c_str());
  };
}

Logger::Logger(const std::shared_ptr<Registry>& registry, LogSink sink,
               LogLevel least)
    : sink_(std::move(sink)),
      least_(least),
      clock_(registry->clock()),
      registry_(registry.get()),
      subscription_(registry->Subscribe(
          [this](const Event& event) { OnEvent(event); }, EventFilter::kAll,
          [this](TimePoint now, uint64_t missed) {
            return Look(now, missed);
          })) {}

Logger::~Logger() {
  subscription_.Reset();
  SumUp(TimePoint::max());
  WriteOverflow();
}

void Logger::OnEvent(const Event& event) {
  if (event.type == EventType::kTransition) {
    OnTransition(event);
  } else if (event.type == EventType::kOverflow) {
    AddOverflow(event);
  } else if (IsOfCalls(event.type)) {
    OnCalls(event);
  } else if (event.type != EventType::kRetired || outages_.OnRetired(event)) {
    Write({LevelOf(event), event.wall, EventText(event)});
  }
  if (event.type == EventType::kConfigUpdated) {
    calls_before_ = registry_->calls();
    next_unused_ = event.at;
  }
}

void Logger::OnTransition(const Event& event) {
  const bool known = outages_.OnTransition(event);
  const bool is_over = event.transition.to == State::kClosed;
  const LogLevel level = is_over ? LogLevel::kInfo
                         : known ? LogLevel::kDebug
                                 : LogLevel::kWarning;
  Write({level, event.wall, EventText(event)});
}

void Logger::OnCalls(const Event& event) {
  if (!outages_.OnCalls(event)) {
    if (summary_.Age(event.at) >= kSummaryPeriod) SumUp(event.at);
    summary_.Add(event);
  }
  if (const auto line = outages_.TakeDue(event)) {
    Write({LogLevel::kWarning, event.wall, *line});
  }
}

bool Logger::Look(TimePoint now, uint64_t missed) {
  if (missed > missed_) {
    const uint64_t lost = missed - missed_;
    missed_ = missed;
    Write({LogLevel::kWarning, clock_.WallNow(),
           Count(lost, "event") + (lost == 1 ? " was" : " were") +
               " lost because the log or another listener is too slow"});
  }
  if (summary_.Age(now) >= kSummaryPeriod ||
      summary_.Quiet(now) >= kQuietPeriod) {
    SumUp(now);
  }
  if (overflow_ && now >= *next_overflow_) {
    WriteOverflow();
    next_overflow_ = SaturatingAdd(now, kRepeatPeriod);
  }
  if (next_unused_ && now >= *next_unused_) WriteUnusedNames(now);
  return !summary_.empty() || overflow_;
}

void Logger::AddOverflow(const Event& event) {
  if (overflow_) {
    overflow_->count += event.count;
    if (!event.detail.empty()) overflow_->detail = event.detail;
  } else {
    overflow_ = event;
  }
  if (next_overflow_ && event.at < *next_overflow_) return;
  WriteOverflow();
  next_overflow_ = SaturatingAdd(event.at, kRepeatPeriod);
}

void Logger::WriteOverflow() {
  if (!overflow_) return;
  const LogLine line = {LogLevel::kWarning, overflow_->wall,
                        EventTextOnly(*overflow_)};
  overflow_.reset();
  Write(line);
}

// Writes the names in the config that no call has met, or comes back later if
// there were too few calls.
void Logger::WriteUnusedNames(TimePoint now) {
  constexpr Duration kPeriod = std::chrono::seconds(1);
  constexpr size_t kMaxShown = 10;
  next_unused_ = SaturatingAdd(now, kPeriod);
  const ConfigInForce config = registry_->config_in_force();
  if (config.config.method_policy.empty()) {
    next_unused_.reset();
    return;
  }
  const uint64_t calls = registry_->calls() - calls_before_;
  if (calls < kCallsBeforeUnused) return;
  next_unused_.reset();
  const std::vector<UnusedName> unused = registry_->unused_names();
  if (unused.empty()) return;
  std::string text = "config " + std::to_string(config.generation) + " names ";
  for (size_t i = 0; i < std::min(unused.size(), kMaxShown); ++i) {
    text += (i == 0 ? "" : ", ") + unused[i].name;
    if (!unused[i].nearest.empty()) {
      text += " (similar to " + unused[i].nearest + ")";
    }
  }
  if (unused.size() > kMaxShown) {
    text += " and " + Grouped(unused.size() - kMaxShown) + " more";
  }
  text += ", which none of " + Count(calls, "call") + " has met";
  Write({LogLevel::kWarning, clock_.WallNow(), text});
}

// Writes the summary, unless the last one is too young.
void Logger::SumUp(TimePoint now) {
  if (summary_.empty() || (next_summary_ && now < *next_summary_)) return;
  next_summary_ = SaturatingAdd(now, kRepeatPeriod);
  const LogLine line = {LogLevel::kInfo, summary_.began(), summary_.Text()};
  summary_ = CallSummary();
  Write(line);
}

void Logger::Write(const LogLine& line) {
  if (line.level < least_) return;
  NoThrow([&] { sink_(line); });
}

}  // namespace fusebox
