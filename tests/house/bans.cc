// bans.cc: the table of what may not stand in a line.

#include "tests/house/bans.h"

#include <cstddef>
#include <regex>
#include <sstream>
#include <string>

namespace fusebox {
namespace {

struct Ban {
  std::regex where;  // is searched for in the path
  std::regex what;   // is searched for in each line
  std::string why;
};

const Ban kBans[] = {
    {std::regex("^interceptors/.*[.]h$"),
     std::regex("absl::(string_view|optional|Span|Time|Duration)\\b"),
     "headers use std types, because Abseil's differ from system to system"},
    {std::regex("^interceptors/.*[.]h$"),
     std::regex("^\\s*#\\s*include\\s*[<\"](nlohmann|utf8)/"),
     "users of the library do not need it: include it in a source"},
    {std::regex("^interceptors/.*/internal/(?!breaker_inline[.]h).*[.]h$"),
     std::regex("^namespace fusebox(?!::internal [{]$).*"),
     "an internal header is in namespace fusebox::internal"},
    {std::regex("^interceptors/(?!.*/internal/).*[.]h$|/breaker_inline[.]h$"),
     std::regex("^namespace fusebox(?! [{]$).*"),
     "a public header is in namespace fusebox"},
    {std::regex("^interceptors/fusebox/(?!grpc/|testing/).*[.](h|cc)$"),
     std::regex("grpc::experimental"),
     "only grpc/ and testing/ use what gRPC may change"},
    {std::regex("^(?!interceptors/|tests/|proto/)|^tests/consumer/"),
     std::regex("^\\s*#\\s*include\\s*[<\"].*/internal/.*[>\"]"),
     "only the library and its tests include what is internal"},
    {std::regex("^interceptors/fusebox/core/"),
     std::regex("\\bsystem_clock\\b"),
     "core uses the steady clock, because the wall clock jumps"},
    {std::regex("^(interceptors|tools)/(?!fusebox/base/clock[.])"),
     std::regex("\\bsystem_clock::now\\("),
     "all time comes from a Clock, so that a test can set it"},
    {std::regex("^tests/(base|core|policy|config|registry|log|metrics)/"),
     std::regex("\\b(sleep_for|sleep_until|usleep|nanosleep|SleepFor)\\b"),
     "no unit test sleeps: set the clock, or wait for the event"},
    {std::regex("[.](h|cc)$"), std::regex("grpcpp/impl/codegen"),
     "those headers are private to gRPC: use grpcpp/support/"},
    {std::regex("^tests/"),
     std::regex("GTEST_SKIP|DISABLED_|(EXPECT|ASSERT)_TRUE\\(true\\)"),
     "every test runs and checks something"},
    {std::regex(""), std::regex("\\b(TODO|FIXME|XXX|HACK)\\b"),
     "finish it, or document what is missing"},
    {std::regex(""), std::regex("/(home|root|work)/[a-z]"),
     "paths of one machine mean nothing on another"},
};

}  // namespace

Findings CheckBans(const SourceFile& file) {
  // These files are about the words.
  if (file.path.rfind("tests/house/bans", 0) == 0) return {};
  Findings findings;
  for (const Ban& ban : kBans) {
    if (!std::regex_search(file.path, ban.where)) continue;
    std::istringstream text(file.text);
    std::string line;
    for (size_t number = 1; std::getline(text, line); ++number) {
      std::smatch match;
      if (std::regex_search(line, match, ban.what)) {
        findings.push_back(file.path + ":" + std::to_string(number) + ": " +
                           match.str() + ": " + ban.why);
      }
    }
  }
  return findings;
}

}  // namespace fusebox
