// bans.cc: the table of what is banned.

#include "tests/house/bans.h"

#include <cstddef>
#include <regex>
#include <sstream>
#include <string>

namespace fusebox {
namespace {

struct Ban {
  std::regex where;  // in the path
  std::regex what;   // in a line
  std::string why;
};

// Written in pieces where this file would be found itself.
const Ban kBans[] = {
    {std::regex("^interceptors/.*[.]h$"),
     std::regex("absl::(string_view|optional|Span|Time|Duration)\\b"),
     "public headers have std types: on some systems Abseil's are others"},
    {std::regex("^interceptors/fusebox/core/"),
     std::regex("\\bsystem_clock\\b"),
     "core keeps to the steady clock: the wall clock jumps"},
    {std::regex("^(interceptors|tools)/(?!fusebox/base/clock[.])"),
     std::regex("\\bsystem_clock::now\\("),
     "all time comes from a Clock: a test sets it"},
    {std::regex("^tests/(core|policy|registry)/"),
     std::regex("\\b("
                "sleep_for|sleep_until|u"
                "sleep|nano"
                "sleep|SleepFor)\\b"),
     "no unit test sleeps: set the clock, wait for the event"},
    {std::regex("[.](h|cc)$"),
     std::regex("grpcpp/impl/"
                "codegen"),
     "gRPC keeps those headers to itself: take grpcpp/support/"},
    {std::regex("^tests/"),
     std::regex("GTEST_"
                "SKIP|DISABLED"
                "_|(EXPECT|ASSERT)_TRUE\\("
                "true\\)"),
     "a test tests, and always"},
    {std::regex(""),
     std::regex("\\b(TO"
                "DO|FIX"
                "ME|XX"
                "X|HA"
                "CK)\\b"),
     "finish it, or say in the documentation what is not there"},
    {std::regex(""),
     std::regex("/(home|root|work)/"
                "[a-z]"),
     "paths of one machine mean nothing on another"},
};

}  // namespace

Findings CheckBans(const SourceFile& file) {
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
