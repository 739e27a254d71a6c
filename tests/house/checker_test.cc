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

TEST(CheckLayer, FindsALayerThatIncludesOneAboveIt) {
  EXPECT_THAT(
      CheckLayer({"core/a.h",
                  "#include <map>\n#include \"fusebox/policy/policy.h\"\n"}),
      ElementsAre("core/a.h:2: core may not include fusebox/policy/policy.h"));
  EXPECT_THAT(Layer("policy/a.cc", "#include \"fusebox/registry/registry.h\""),
              ElementsAre("policy/a.cc:1: policy may not include "
                          "fusebox/registry/registry.h"));
  EXPECT_THAT(Layer("registry/a.cc", "#include \"fusebox/grpc/channel.h\""),
              testing::SizeIs(1));
  EXPECT_THAT(Layer("grpc/a.cc", "#include \"fusebox/testing/manual_clock.h\""),
              testing::SizeIs(1));
  EXPECT_THAT(Layer("testing/a.h", "#include \"fusebox/admin/server.h\""),
              testing::SizeIs(1));
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

TEST(CheckLayer, KeepsTheLayersOnTopApart) {
  struct Case {
    const char* layer;
    const char* below;
    bool allowed;
  };
  const Case cases[] = {
      {"log", "registry", true},      {"log", "metrics", false},
      {"log", "grpc", false},         {"metrics", "registry", true},
      {"metrics", "log", false},      {"prometheus", "metrics", true},
      {"prometheus", "log", false},   {"metrics", "prometheus", false},
      {"admin", "log", true},         {"admin", "metrics", true},
      {"admin", "grpc", false},       {"log", "admin", false},
      {"admin", "prometheus", false}, {"testing", "grpc", true},
      {"testing", "admin", false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Layer(std::string(c.layer) + "/internal/a.h",
                    "#include \"fusebox/" + std::string(c.below) + "/b.h\"")
                  .empty(),
              c.allowed)
        << c.layer << " includes " << c.below;
  }
}

TEST(CheckLayer, LetsTheUmbrellaHeaderIncludeWhatOneTargetLinks) {
  EXPECT_THAT(Layer("fusebox.h", "#include \"fusebox/log/logger.h\""),
              IsEmpty());
  EXPECT_THAT(Layer("fusebox.h", "#include \"fusebox/version.h\""), IsEmpty());
  EXPECT_THAT(
      Layer("fusebox.h", "#include \"fusebox/admin/server.h\""),
      ElementsAre("fusebox.h:1: . may not include fusebox/admin/server.h"));
  EXPECT_THAT(Layer("core/a.h", "#include \"fusebox/fusebox.h\""),
              testing::SizeIs(1));
}

TEST(CheckLayer, FindsAHeaderThatIncludesWhatIsForSourcesOnly) {
  const std::string line = "#include <nlohmann/json.hpp>";
  EXPECT_THAT(Layer("config/a.cc", line), IsEmpty());
  EXPECT_THAT(
      Layer("config/a.h", line),
      ElementsAre("config/a.h:1: a header may not include nlohmann/json.hpp"));
  EXPECT_THAT(Layer("policy/a.cc", line), testing::SizeIs(1));
  EXPECT_THAT(Layer("base/a.cc", "#include <utf8/core.h>"), IsEmpty());
  EXPECT_THAT(Layer("base/a.h", "#include <utf8/core.h>"), testing::SizeIs(1));
}

TEST(CheckLayer, FindsALibraryThatTheLayerMayNotUse) {
  EXPECT_THAT(Layer("core/a.h", "#include \"absl/status/status.h\""),
              testing::SizeIs(1));
  EXPECT_THAT(Layer("core/a.h", "#include <grpcpp/channel.h>"),
              testing::SizeIs(1));
  EXPECT_THAT(Layer("core/a.h", "  #  include <sys/time.h>  // why"),
              ElementsAre("core/a.h:1: core may not include sys/time.h"));
  EXPECT_THAT(Layer("core/a.h", "#include <unistd.h>"), testing::SizeIs(1));
  EXPECT_THAT(Layer("core/a.h", "#include \"b.h\""), testing::SizeIs(1));
  EXPECT_THAT(Layer("base/a.h", "#include \"absl/status/status.h\""),
              testing::SizeIs(1));
  EXPECT_THAT(Layer("config/a.h", "#include <google/rpc/status.pb.h>"),
              testing::SizeIs(1));
  EXPECT_THAT(Layer("policy/a.h", "#include <google/protobuf/message.h>"),
              testing::SizeIs(1));
  for (const char* const layer :
       {"base", "core", "policy", "config", "registry", "log", "metrics"}) {
    EXPECT_THAT(
        Layer(std::string(layer) + "/a.h", "#include <grpcpp/grpcpp.h>"),
        testing::SizeIs(1))
        << layer;
  }
  EXPECT_THAT(Layer("metrics/a.h", "#include <prometheus/registry.h>"),
              testing::SizeIs(1));
  EXPECT_THAT(Layer("registry/a.h", "#include <google/protobuf/message.h>"),
              testing::SizeIs(1));
  EXPECT_THAT(Layer("grpc/a.h", "#include <gtest/gtest.h>"),
              testing::SizeIs(1));
}

TEST(CheckLayer, AllowsWhatTheLayerMayUse) {
  EXPECT_THAT(Layer("policy/a.h", "#include \"absl/status/status.h\""),
              IsEmpty());
  EXPECT_THAT(Layer("config/a.h", "#include <google/protobuf/message.h>"),
              IsEmpty());
  EXPECT_THAT(Layer("config/a.h", "#include \"fusebox/v1/config.pb.h\""),
              IsEmpty());
  EXPECT_THAT(Layer("prometheus/a.h", "#include <prometheus/registry.h>"),
              IsEmpty());
  EXPECT_THAT(Layer("admin/a.h", "#include <sys/stat.h>"), IsEmpty());
  EXPECT_THAT(Layer("registry/a.h", "#include \"fusebox/core/breaker.h\""),
              IsEmpty());
  EXPECT_THAT(Layer("grpc/a.h", "#include <grpcpp/channel.h>"), IsEmpty());
  EXPECT_THAT(Layer("grpc/a.h", "#include <grpc/status.h>"), IsEmpty());
  EXPECT_THAT(Layer("testing/a.h", "#include <gmock/gmock.h>"), IsEmpty());
  EXPECT_THAT(Layer("testing/a.h", "#include \"fusebox/grpc/channel.h\""),
              IsEmpty());
  EXPECT_THAT(Layer("core/a.cc", "#include <time.h>"), IsEmpty());
  EXPECT_THAT(Layer("core/a.h", "// #include <grpcpp/channel.h>"), IsEmpty());
}

TEST(CheckLayer, FindsAFolderThatIsNoLayer) {
  EXPECT_THAT(Layer("util/a.h", ""),
              ElementsAre("util/a.h: 'util' is no layer of the house"));
}

TEST(CheckLayer, FindsGrpcExperimentalWhereItMayNotBe) {
  const std::string line = "using grpc::experimental::Interceptor;";
  for (const char* layer : {"base", "core", "policy", "config", "registry",
                            "log", "metrics", "admin"}) {
    EXPECT_THAT(Layer(std::string(layer) + "/a.h", line),
                ElementsAre(std::string(layer) + "/a.h:1: " + layer +
                            " may not name grpc::experimental"));
  }
  EXPECT_THAT(Layer("grpc/a.h", line), IsEmpty());
  EXPECT_THAT(Layer("testing/a.h", line), IsEmpty());
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

Findings Namespace(const std::string& path, const std::string& name) {
  return CheckNamespace(
      {path, "namespace grpc {\n}\nnamespace " + name + " {\n}\n"});
}

TEST(CheckNamespace, FindsAnInternalHeaderInThePublicNamespace) {
  EXPECT_THAT(Namespace("core/internal/a.h", "fusebox::internal"), IsEmpty());
  EXPECT_THAT(Namespace("core/internal/a.h", "fusebox"),
              ElementsAre("core/internal/a.h:3: must be \"namespace "
                          "fusebox::internal {\""));
  EXPECT_THAT(Namespace("core/internal/a.h", "fusebox::core"),
              testing::SizeIs(1));
  EXPECT_THAT(Namespace("core/internal/breaker_inline.h", "fusebox"),
              IsEmpty());
}

TEST(CheckNamespace, FindsAPublicHeaderInTheInternalNamespace) {
  EXPECT_THAT(Namespace("core/a.h", "fusebox"), IsEmpty());
  EXPECT_THAT(Namespace("core/a.h", "fusebox::internal"),
              ElementsAre("core/a.h:3: must be \"namespace fusebox {\""));
  EXPECT_THAT(CheckNamespace({"version.h", "#define A 1\n"}), IsEmpty());
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

TEST(CheckBorder, FindsAnIncludeOfAnInternalHeader) {
  EXPECT_THAT(CheckBorder({"tools/a.cc",
                           "#include <map>\n#include "
                           "\"fusebox/core/internal/a.h\"\n"}),
              ElementsAre("tools/a.cc:2: may not include "
                          "fusebox/core/internal/a.h"));
  EXPECT_THAT(
      CheckBorder({"README.md", "  # include <fusebox/grpc/internal/a.h> //"}),
      testing::SizeIs(1));
  EXPECT_THAT(CheckBorder({"docs/a.md",
                           "#include \"fusebox/core/breaker.h\"\n"
                           "See [ramp.h](../core/internal/ramp.h).\n"}),
              IsEmpty());
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

TEST(CheckSourceList, FindsAnOrphan) {
  const SourceFile cmake = {"CMakeLists.txt",
                            "add_library(x core/a.cc\n"
                            "  core/ab.cc)  # core/b.cc comes later\n"};
  EXPECT_THAT(CheckSourceList(cmake, {"core/a.cc", "core/ab.cc"}), IsEmpty());
  EXPECT_THAT(CheckSourceList(cmake, {"core/a.cc", "core/b.cc", "b.cc"}),
              ElementsAre("CMakeLists.txt: must name core/b.cc",
                          "CMakeLists.txt: must name b.cc"));
}

}  // namespace
}  // namespace fusebox
