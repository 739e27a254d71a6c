// logger.h: writes a line to the application's log for each change.
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
// A circuit that opens is a warning, with its cause, and so is a config that is
// refused. Other changes are information. Rejections, fallbacks and broken
// streams do not get a line each: they are summed up once per second, on one
// line for all breakers. There is no timer: that line comes with the first
// event after the second is over, before the line that says that a circuit has
// closed, or when the logger is destroyed.

#ifndef FUSEBOX_LOG_LOGGER_H_
#define FUSEBOX_LOG_LOGGER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "fusebox/base/clock.h"
#include "fusebox/log/internal/call_summary.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/registry.h"
#include "fusebox/registry/subscription.h"

namespace fusebox {

enum class LogLevel : uint8_t { kInfo, kWarning };

// Returns "INFO" or "WARNING".
std::string_view Name(LogLevel level);

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
LogSink LogToStderr();

// Logs during its life. Does not keep the registry alive.
class Logger {
 public:
  static constexpr Duration kSummaryPeriod = std::chrono::seconds(1);

  // REQUIRES: neither is null.
  explicit Logger(const std::shared_ptr<Registry>& registry,
                  LogSink sink = LogToStderr());

  // Writes what is not summed up yet. REQUIRES: It does not run in the sink.
  ~Logger();

  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

 private:
  void OnEvent(const Event& event);
  void SumUp();
  void Write(const LogLine& line);

  const LogSink sink_;
  // Used by the registry's thread, and then by the destructor.
  internal::CallSummary summary_;
  Subscription subscription_;
};

}  // namespace fusebox

#endif  // FUSEBOX_LOG_LOGGER_H_
