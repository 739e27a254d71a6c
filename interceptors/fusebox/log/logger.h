// logger.h: a line a change, for the application's log.
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
// A warning where a circuit opens, with what opened it, or where a config is
// refused; else information. What happens to single calls is never a line a
// call: rejections, fallbacks and broken streams are summed up once a second,
// on one line for all breakers. There is no timer: the line comes with the
// first event after its second, before the one that a circuit has closed, or at
// the logger's end.

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

// "INFO", "WARNING".
std::string_view Name(LogLevel level);

struct LogLine {
  LogLevel level = LogLevel::kInfo;

  // When what it says happened, or the summing up began.
  std::chrono::system_clock::time_point at;

  // One line, without a newline.
  std::string text;
};

// Where lines go. It is called by the registry's own thread, one call at a
// time, and by the logger's destructor; it may be slow. An exception ends
// there, and the line is lost.
using LogSink = std::function<void(const LogLine&)>;

// "2026-05-04T13:37:00.123Z WARNING fusebox: <text>" on standard error.
LogSink LogToStderr();

// Logs from its making to its end, which writes what is not summed up yet: it
// must not come while the sink runs.
class Logger {
 public:
  static constexpr Duration kSummaryPeriod = std::chrono::seconds(1);

  // REQUIRES: neither is null.
  explicit Logger(const std::shared_ptr<Registry>& registry,
                  LogSink sink = LogToStderr());
  ~Logger();

  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

 private:
  void OnEvent(const Event& event);
  void SumUp();
  void Write(const LogLine& line);

  const LogSink sink_;
  internal::CallSummary
      summary_;  // of the registry's thread, then the destructor's
  Subscription subscription_;
};

}  // namespace fusebox

#endif  // FUSEBOX_LOG_LOGGER_H_
