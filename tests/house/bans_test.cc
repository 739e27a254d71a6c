// bans_test.cc: breaks each ban once, where it holds and where it does not.

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
          "interceptors/fusebox/core/clock.cc:2: system_clock: core uses the "
          "steady clock, because the wall clock jumps"));
}

TEST(CheckBans, FindsEachWhereItHolds) {
  const std::string library = "interceptors/fusebox/";
  const std::string include_json = "#include <nlohmann/json.hpp>";
  const std::string include_ramp = "  # include <fusebox/core/internal/ramp.h>";
  const std::string experimental = "using grpc::experimental::Interceptor;";
  struct Case {
    std::string line;
    std::string where;
    std::string elsewhere;  // allowed here; empty: nowhere
  };
  const Case cases[] = {
      {"absl::string_view Name();", library + "policy/a.h",
       library + "policy/a.cc"},
      {"absl::optional<int> x;", library + "grpc/a.h", "tests/grpc/a.h"},
      {"absl::Duration d;", library + "registry/a.h", "examples/a.cc"},
      {include_json, library + "config/a.h", library + "config/a.cc"},
      {"#include <utf8/core.h>", library + "base/a.h", library + "base/a.cc"},
      {"namespace fusebox {", library + "core/internal/a.h",
       library + "core/a.h"},
      {"namespace fusebox::core {", library + "core/internal/a.h", ""},
      {"namespace fusebox::internal {", library + "core/a.h",
       library + "core/internal/a.h"},
      {"namespace fusebox::internal {",
       library + "core/internal/breaker_inline.h", ""},
      {experimental, library + "core/a.h", library + "grpc/a.h"},
      {experimental, library + "admin/a.cc", library + "testing/a.cc"},
      {include_ramp, "tools/a.cc", library + "core/a.cc"},
      {include_ramp, "README.md", "tests/core/a.cc"},
      {include_ramp, "tests/consumer/a.cc", "proto/a.cc"},
      {"system_clock::time_point at;", library + "core/a.h",
       library + "testing/a.cc"},
      {"system_clock::now()", library + "grpc/a.cc", library + "base/clock.cc"},
      {"std::this_thread::sleep_for(1s);", "tests/core/a_test.cc",
       "tests/grpc/a_test.cc"},
      {"usleep(1);", "tests/registry/a_test.cc", "examples/a.cc"},
      {"usleep(1);", "tests/config/a_test.cc", "tests/admin/a_test.cc"},
      {"#include <grpcpp/impl/codegen/status.h>", "tests/grpc/a.h",
       "docs/a.md"},
      {"  GTEST_SKIP();", "tests/grpc/a_test.cc", ""},
      {"TEST(A, DISABLED_B) {}", "tests/core/a_test.cc", ""},
      {"EXPECT_TRUE(true);", "tests/core/a_test.cc", ""},
      {"// TODO: later", library + "core/a.h", ""},
      {"# FIXME", "scripts/test", ""},
      {"cd /home/ada/fusebox", "README.md", ""},
  };
  for (const Case& c : cases) {
    EXPECT_THAT(Bans(c.where, c.line), SizeIs(1)) << c.line;
    if (!c.elsewhere.empty()) {
      EXPECT_THAT(Bans(c.elsewhere, c.line), IsEmpty()) << c.line;
    }
  }
}

TEST(CheckBans, FindsNothingInWhatOnlyLooksAlike) {
  struct Case {
    std::string where;
    std::string line;
  };
  const Case cases[] = {
      {"interceptors/fusebox/policy/a.h", "absl::StatusOr<int> F();"},
      {"interceptors/fusebox/core/a.h", "steady_clock::now()"},
      {"interceptors/fusebox/core/internal/a.h", "namespace grpc {"},
      {"docs/a.md", "See [ramp.h](../core/internal/ramp.h)."},
      {"README.md", "../homework/page TODOS"},
  };
  for (const Case& c : cases) {
    EXPECT_THAT(Bans(c.where, c.line), IsEmpty()) << c.line;
  }
}

}  // namespace
}  // namespace fusebox
