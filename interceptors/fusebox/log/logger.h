// logger.h: writes a line to the application's log for each outage and change.
//
//   const fusebox::Logger logger(registry);  // to standard error
//
//   const fusebox::Logger logger(registry, [](const fusebox::LogLine& line) {
//     if (line.level == fusebox::LogLevel::kWarning) {
//       LOG(WARNING) << line.text;
//     } else {
//       LOG(INFO) << line.text;
//     }
//   });
//
// An outage gets a warning when it begins, with its cause, one per minute while
// it lasts and calls come, and a line of information when the circuit is CLOSED
// again, which says how long that took and how many calls were rejected. The
// openings and probes in between are lines of LogLevel::kDebug. A logger writes
// them only if its constructor is given that level.
//
// A config that is refused is a warning. Other changes are information.
// Rejections that belong to no outage, fallbacks and broken streams are summed
// up on one line for all breakers: within a second of the first one, then at
// most once per minute, and when the logger is destroyed. If the sink is so
// slow that lines are lost, a warning says how many. If calls have no breaker
// because a limit is reached (Registry::Options), a warning says so at most
// once per minute. A breaker that leaves the registry gets a line only if it is
// in an outage. After the first thousand calls under a config, a warning names
// the methods in it that none of these calls has met: one may be misspelled.

#ifndef FUSEBOX_LOG_LOGGER_H_
#define FUSEBOX_LOG_LOGGER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/log/internal/call_summary.h"
#include "fusebox/log/internal/outage_watch.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/registry.h"
#include "fusebox/registry/subscription.h"

namespace fusebox {

enum class LogLevel : uint8_t { kDebug, kInfo, kWarning };

// Returns "DEBUG", "INFO" or "WARNING".
FUSEBOX_EXPORT std::string_view Name(LogLevel level);

struct LogLine {
  LogLevel level = LogLevel::kInfo;

  // When the event happened, or when the first of those summed up did.
  std::chrono::system_clock::time_point at;

  // One line, without a newline.
  std::string text;
};

// Receives the lines. It is called on the registry's own thread, one call at a
// time, and by the logger's destructor. It may be slow. If it throws, the line
// is lost.
using LogSink = std::function<void(const LogLine&)>;

// Returns a sink that writes "2026-05-04T13:37:00.123Z WARNING fusebox: <text>"
// to standard error.
FUSEBOX_EXPORT LogSink LogToStderr();

// Logs during its life. Does not keep the registry alive.
class FUSEBOX_EXPORT Logger {
 public:
  // The first summary is written when it is this old, or when nothing was added
  // to it for this long.
  static constexpr Duration kSummaryPeriod = std::chrono::seconds(1);
  static constexpr Duration kQuietPeriod = std::chrono::milliseconds(300);

  // From one summary to the next, and from one warning about calls without a
  // breaker to the next.
  static constexpr Duration kRepeatPeriod = std::chrono::minutes(1);

  // How many calls a config has had when unused names are reported.
  static constexpr uint64_t kCallsBeforeUnused = 1000;

  // Writes the lines of this level and of higher ones. REQUIRES: neither
  // pointer is null.
  explicit Logger(const std::shared_ptr<Registry>& registry,
                  LogSink sink = LogToStderr(),
                  LogLevel least = LogLevel::kInfo);

  // Writes what is not summed up yet. REQUIRES: It does not run in the sink.
  ~Logger();

  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

 private:
  void OnEvent(const Event& event);
  void OnTransition(const Event& event);
  void OnCalls(const Event& event);
  bool Look(TimePoint now, uint64_t missed);
  void SumUp(TimePoint now);
  void AddOverflow(const Event& event);
  void WriteOverflow();
  void WriteUnusedNames(TimePoint now);
  void Write(const LogLine& line);

  const LogSink sink_;
  const LogLevel least_;
  const Clock& clock_;
  // Used in calls of the registry, and so while it lives.
  const Registry* const registry_;
  // Used by the registry's thread, and then by the destructor.
  internal::OutageWatch outages_;
  internal::CallSummary summary_;
  std::optional<TimePoint> next_summary_;
  uint64_t missed_ = 0;            // events, as far as a line has said it
  std::optional<Event> overflow_;  // the sum of those that no line has said
  std::optional<TimePoint> next_overflow_;
  // When to count calls next because of unused names, and from which number on.
  std::optional<TimePoint> next_unused_ = TimePoint::min();
  uint64_t calls_before_ = 0;
  Subscription subscription_;
};

}  // namespace fusebox

#endif  // FUSEBOX_LOG_LOGGER_H_
