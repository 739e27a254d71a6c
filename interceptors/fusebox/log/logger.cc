#include "fusebox/log/logger.h"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/elapsed.h"
#include "fusebox/base/internal/no_throw.h"
#include "fusebox/core/types.h"
#include "fusebox/log/event_text.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/registry.h"
#include "fusebox/registry/subscription.h"

namespace fusebox {

using internal::CallSummary;
using internal::NoThrow;

namespace {

LogLevel LevelOf(const Event& event) {
  const bool opens = event.type == EventType::kTransition &&
                     event.transition.to == State::kOpen;
  return opens || event.type == EventType::kConfigRefused ? LogLevel::kWarning
                                                          : LogLevel::kInfo;
}

// Returns whether a circuit has closed: now it is known what that cost.
bool IsOver(const Event& event) {
  return event.type == EventType::kTransition &&
         event.transition.to == State::kClosed;
}

}  // namespace

std::string_view Name(LogLevel level) {
  return level == LogLevel::kWarning ? "WARNING" : "INFO";
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

Logger::Logger(const std::shared_ptr<Registry>& registry, LogSink sink)
    : sink_(std::move(sink)),
      clock_(registry->clock()),
      subscription_(registry->Subscribe(
          [this](const Event& event) { OnEvent(event); }, EventFilter::kAll,
          [this](TimePoint now, uint64_t missed) {
            return Look(now, missed);
          })) {}

Logger::~Logger() {
  subscription_.Reset();
  SumUp();
  WriteOverflow();
}

void Logger::OnEvent(const Event& event) {
  if (IsOver(event) || summary_.Age(event.at) >= kSummaryPeriod) SumUp();
  if (event.type == EventType::kOverflow) {
    AddOverflow(event);
  } else if (IsOfCalls(event.type)) {
    summary_.Add(event);
  } else if (event.type != EventType::kRetired) {
    Write({LevelOf(event), event.wall, EventText(event)});
  }
}

bool Logger::Look(TimePoint now, uint64_t missed) {
  if (missed > missed_) {
    const uint64_t lost = missed - missed_;
    missed_ = missed;
    SumUp();
    Write({LogLevel::kWarning, clock_.WallNow(),
           std::to_string(lost) + (lost == 1 ? " event was" : " events were") +
               " lost because the log or another listener is too slow"});
  }
  if (summary_.Age(now) >= kSummaryPeriod ||
      summary_.Quiet(now) >= kQuietPeriod) {
    SumUp();
  }
  if (overflow_ && now >= *next_overflow_) {
    WriteOverflow();
    next_overflow_ = SaturatingAdd(now, kOverflowPeriod);
  }
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
  next_overflow_ = SaturatingAdd(event.at, kOverflowPeriod);
}

void Logger::WriteOverflow() {
  if (!overflow_) return;
  const LogLine line = {LogLevel::kWarning, overflow_->wall,
                        EventTextOnly(*overflow_)};
  overflow_.reset();
  Write(line);
}

void Logger::SumUp() {
  if (summary_.empty()) return;
  const LogLine line = {LogLevel::kInfo, summary_.began(), summary_.Text()};
  summary_ = CallSummary();
  Write(line);
}

void Logger::Write(const LogLine& line) {
  NoThrow([&] { sink_(line); });
}

}  // namespace fusebox
