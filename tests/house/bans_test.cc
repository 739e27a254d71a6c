// bans_test.cc: each ban is found where it holds, and nowhere else.

#include "tests/house/bans.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace fusebox {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

Findings Bans(const std::string& path, const std::string& line) {
  return CheckBans({path, "\n" + line + "\n"});
}

TEST(CheckBans, NamesPlaceAndReason) {
  EXPECT_THAT(
      Bans("interceptors/fusebox/core/clock.cc",
           "std::chrono::system_clock::time_point t;"),
      testing::ElementsAre(
          "interceptors/fusebox/core/clock.cc:2: system_clock: core keeps to "
          "the steady clock: the wall clock jumps"));
}

TEST(CheckBans, FindsEachWhereItHolds) {
  struct Case {
    std::string line;
    std::string where;
    std::string elsewhere;  // allowed here; empty: nowhere
  };
  const Case cases[] = {
      {"absl::string_view Name();", "interceptors/fusebox/policy/a.h",
       "interceptors/fusebox/policy/a.cc"},
      {"absl::optional<int> x;", "interceptors/fusebox/grpc/a.h",
       "tests/grpc/a.h"},
      {"absl::Duration d;", "interceptors/fusebox/registry/a.h",
       "examples/a.cc"},
      {"system_clock::time_point at;", "interceptors/fusebox/core/a.h",
       "interceptors/fusebox/testing/a.cc"},
      {"system_clock::now()", "interceptors/fusebox/grpc/a.cc",
       "interceptors/fusebox/base/clock.cc"},
      {"std::this_thread::sleep"
       "_for(1s);",
       "tests/core/a_test.cc", "tests/grpc/a_test.cc"},
      {"u"
       "sleep(1);",
       "tests/registry/a_test.cc", "examples/a.cc"},
      {"#include <grpcpp/impl/"
       "codegen/status.h>",
       "tests/grpc/a.h", "docs/a.md"},
      {"  GTEST"
       "_SKIP();",
       "tests/grpc/a_test.cc", ""},
      {"TEST(A, DISABLED"
       "_B) {}",
       "tests/core/a_test.cc", ""},
      {"EXPECT_TRUE("
       "true);",
       "tests/core/a_test.cc", ""},
      {"// TO"
       "DO: later",
       "interceptors/fusebox/core/a.h", ""},
      {"# FIX"
       "ME",
       "scripts/test", ""},
      {"cd /home"
       "/ada/fusebox",
       "README.md", ""},
  };
  for (const Case& c : cases) {
    EXPECT_THAT(Bans(c.where, c.line), SizeIs(1)) << c.line;
    if (!c.elsewhere.empty()) {
      EXPECT_THAT(Bans(c.elsewhere, c.line), IsEmpty()) << c.line;
    }
  }
}

TEST(CheckBans, FindsNothingInWhatOnlyLooksAlike) {
  EXPECT_THAT(
      Bans("interceptors/fusebox/policy/a.h", "absl::StatusOr<int> F();"),
      IsEmpty());
  EXPECT_THAT(Bans("interceptors/fusebox/core/a.h", "steady_clock::now()"),
              IsEmpty());
  EXPECT_THAT(Bans("README.md",
                   "../homework/page TO"
                   "DOS"),
              IsEmpty());
}

}  // namespace
}  // namespace fusebox
