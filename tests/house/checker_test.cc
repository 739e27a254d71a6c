// checker_test.cc: breaks each rule once, to see that the checker finds it.

#include "tests/house/checker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace fusebox {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kGoodHeader[] =
    "// a.h: a thing.\n"
    "//\n"
    "// More about it.\n"
    "\n"
    "#ifndef FUSEBOX_CORE_A_H_\n"
    "#define FUSEBOX_CORE_A_H_\n"
    "\n"
    "#include <vector>\n"
    "#include \"fusebox/core/b.h\"\n"
    "\n"
    "#endif  // FUSEBOX_CORE_A_H_\n";

Findings Layer(const std::string& path, const std::string& line) {
  return CheckLayer({path, line + "\n"});
}

TEST(CheckLayer, FindsNothingInAGoodHeader) {
  EXPECT_THAT(CheckLayer({"core/a.h", kGoodHeader}), IsEmpty());
}

TEST(CheckLayer, HoldsTheLayersInTheirOrder) {
  const char* const layers[] = {"base",   "core",     "policy",
                                "config", "registry", "grpc"};
  for (const char* const below : layers) {
    bool is_above = false;  // `layer` above `below`, or the same
    for (const char* const layer : layers) {
      is_above |= layer == below;
      EXPECT_EQ(Layer(std::string(layer) + "/a.cc",
                      "#include \"fusebox/" + std::string(below) + "/b.h\"")
                    .empty(),
                is_above)
          << layer << " includes " << below;
    }
  }
}

// What a layer may include, the library does include: House tests that.
TEST(CheckLayer, FindsWhatALayerMayNotInclude) {
  struct Case {
    std::string layer;
    std::string include;
  };
  const Case cases[] = {
      {"grpc", "\"fusebox/testing/manual_clock.h\""},
      {"log", "\"fusebox/metrics/names.h\""},
      {"log", "\"fusebox/grpc/channel.h\""},
      {"log", "\"fusebox/admin/server.h\""},
      {"metrics", "\"fusebox/log/logger.h\""},
      {"metrics", "\"fusebox/prometheus/collectable.h\""},
      {"prometheus", "\"fusebox/log/logger.h\""},
      {"admin", "\"fusebox/grpc/channel.h\""},
      {"admin", "\"fusebox/prometheus/collectable.h\""},
      {"testing", "\"fusebox/admin/server.h\""},
      {"core", "\"fusebox/fusebox.h\""},
      {"core", "\"absl/status/status.h\""},
      {"core", "\"b.h\""},
      {"core", "<unistd.h>"},
      {"base", "\"absl/status/status.h\""},
      {"policy", "<nlohmann/json.hpp>"},
      {"policy", "<google/protobuf/message.h>"},
      {"config", "<google/rpc/status.pb.h>"},
      {"registry", "<google/protobuf/message.h>"},
      {"metrics", "<prometheus/registry.h>"},
      {"grpc", "<gtest/gtest.h>"},
      {"base", "<grpcpp/grpcpp.h>"},
      {"core", "<grpcpp/grpcpp.h>"},
      {"policy", "<grpcpp/grpcpp.h>"},
      {"config", "<grpcpp/grpcpp.h>"},
      {"registry", "<grpcpp/grpcpp.h>"},
      {"log", "<grpcpp/grpcpp.h>"},
      {"metrics", "<grpcpp/grpcpp.h>"},
  };
  for (const Case& c : cases) {
    const std::string path = c.layer + "/internal/a.h";
    EXPECT_THAT(Layer(path, "#include " + c.include),
                ElementsAre(path + ":1: " + c.layer + " may not include " +
                            c.include.substr(1, c.include.size() - 2)));
  }
}

TEST(CheckLayer, FindsAnIncludeHoweverItIsWritten) {
  EXPECT_THAT(
      Layer("core/a.h", "#include <map>\n  #  include <sys/time.h>  // why"),
      ElementsAre("core/a.h:2: core may not include sys/time.h"));
  EXPECT_THAT(Layer("core/a.h", "// #include <grpcpp/channel.h>"), IsEmpty());
}

TEST(CheckLayer, LetsAdminIncludeMetrics) {
  EXPECT_THAT(Layer("admin/a.h", "#include \"fusebox/metrics/names.h\""),
              IsEmpty());
}

TEST(CheckLayer, HoldsTheUmbrellaHeaderToWhatOneTargetLinks) {
  EXPECT_THAT(
      Layer("fusebox.h", "#include \"fusebox/admin/server.h\""),
      ElementsAre("fusebox.h:1: . may not include fusebox/admin/server.h"));
}

TEST(CheckLayer, FindsAFolderThatIsNoLayer) {
  EXPECT_THAT(Layer("util/a.h", ""),
              ElementsAre("util/a.h: 'util' is no layer of the house"));
}

// The good header with `from` replaced by `to`.
Findings Header(const std::string& from, const std::string& to) {
  std::string text = kGoodHeader;
  text.replace(text.find(from), from.size(), to);
  return CheckHeader({"core/a.h", text});
}

TEST(CheckHeader, FindsNothingInAGoodHeader) {
  EXPECT_THAT(CheckHeader({"core/a.h", kGoodHeader}), IsEmpty());
}

TEST(CheckHeader, FindsAMissingTitle) {
  const auto finding =
      ElementsAre("core/a.h:1: must begin with \"// a.h: ...\"");
  EXPECT_THAT(Header("// a.h: a", "// b.h: a"), finding);
  EXPECT_THAT(Header("// a.h: a thing.", "// a.h: "), finding);
  EXPECT_THAT(Header("// a.h: a", "\n// a.h: a"), finding);
}

TEST(CheckHeader, FindsABrokenGuard) {
  const auto finding =
      ElementsAre("core/a.h: must be guarded by FUSEBOX_CORE_A_H_");
  EXPECT_THAT(Header("#ifndef FUSEBOX_CORE_A_H_", "#pragma once"), finding);
  EXPECT_THAT(Header("#define FUSEBOX_CORE_A_H_", "#define CORE_A_H_"),
              finding);
  EXPECT_THAT(Header("#endif  // FUSEBOX_CORE_A_H_", "#endif"), finding);
  EXPECT_THAT(CheckHeader({"core/b.h", kGoodHeader}), testing::SizeIs(2));
  EXPECT_THAT(CheckHeader({"core/a.h", ""}), testing::SizeIs(2));
}

TEST(CheckLength, FindsTheLineTooMany) {
  EXPECT_THAT(CheckLength({"core/a.h", "1\n2\n3\n"}, 3), IsEmpty());
  EXPECT_THAT(CheckLength({"core/a.h", "1\n2\n3\n4\n"}, 3),
              ElementsAre("core/a.h: must have at most 3 lines, has 4"));
}

TEST(CheckUse, FindsAPublicHeaderThatNobodyNeeds) {
  const SourceFile a = {"core/a.h", "#include \"fusebox/core/b.h\"\n"};
  const SourceFile b = {"core/b.h", "#include \"fusebox/core/a.h\"\n"};
  const SourceFile c = {"core/c.h", "#include \"fusebox/core/a.h\"\n"};
  const SourceFile program = {"examples/x.cc",
                              "#include \"fusebox/core/a.h\"\n"};
  const SourceFile page = {"README.md",
                           "[c](interceptors/fusebox/core/c.h) says more"};
  EXPECT_THAT(CheckUse({a, b, c}, {program, page}), IsEmpty());
  EXPECT_THAT(CheckUse({a, b, c}, {program}),
              ElementsAre("core/c.h: must be used, or be in internal/"));
  EXPECT_THAT(CheckUse({a, b, c}, {}), testing::SizeIs(3));

  const SourceFile d = {"core/d.h", "#include \"fusebox/core/internal/e.h\"\n"};
  const SourceFile e = {"core/internal/e.h", c.text};
  EXPECT_THAT(CheckUse({a, b, d, e}, {{"x.cc", "\"fusebox/core/d.h\""}}),
              IsEmpty());
  EXPECT_THAT(CheckUse({e}, {}), IsEmpty());
}

TEST(CheckReadme, FindsAHeaderThatIsNotListed) {
  const SourceFile readme = {"core/README.md", "\n| `a.h` | a thing |\n"};
  EXPECT_THAT(CheckReadme(readme, {"a.h"}), IsEmpty());
  EXPECT_THAT(CheckReadme(readme, {"a.h", "b.h"}),
              ElementsAre("core/README.md: must list `b.h`"));
}

TEST(CheckReadme, FindsAnInternalFolderThatIsNotMentioned) {
  EXPECT_THAT(CheckReadme({"core/README.md", "`a.h`\n"}, {"internal/b.h"}),
              ElementsAre("core/README.md: must list `internal/b.h`"));
  EXPECT_THAT(CheckReadme({"core/README.md", "`internal/`\n"},
                          {"internal/b.h", "internal/c.h"}),
              IsEmpty());
}

TEST(CheckReadme, FindsAListedHeaderThatIsNotThere) {
  EXPECT_THAT(
      CheckReadme({"core/README.md", "\n| `a.h` | a |\n| `b.h` | b |\n"},
                  {"a.h"}),
      ElementsAre("core/README.md: lists `b.h`, which is not there"));
}

}  // namespace
}  // namespace fusebox
