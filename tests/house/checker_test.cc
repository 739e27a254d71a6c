// checker_test.cc: the checker finds what it should; a rule that cannot be
// broken would hold nothing.

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
  EXPECT_THAT(Layer("testing/a.h", "#include \"fusebox/policy/policy.h\""),
              testing::SizeIs(1));
}

TEST(CheckLayer, FindsAHeaderThatIncludesWhatIsForSourcesOnly) {
  const std::string line = "#include <nlohmann/json.hpp>";
  EXPECT_THAT(Layer("policy/a.cc", line), IsEmpty());
  EXPECT_THAT(
      Layer("policy/a.h", line),
      ElementsAre("policy/a.h:1: a header may not include nlohmann/json.hpp"));
  EXPECT_THAT(Layer("core/a.cc", line), testing::SizeIs(1));
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
  EXPECT_THAT(Layer("policy/a.h", "#include <google/rpc/status.pb.h>"),
              testing::SizeIs(1));
  EXPECT_THAT(Layer("registry/a.h", "#include <google/protobuf/message.h>"),
              testing::SizeIs(1));
  EXPECT_THAT(Layer("grpc/a.h", "#include <gtest/gtest.h>"),
              testing::SizeIs(1));
}

TEST(CheckLayer, AllowsWhatTheLayerMayUse) {
  EXPECT_THAT(Layer("policy/a.h", "#include \"absl/status/status.h\""),
              IsEmpty());
  EXPECT_THAT(Layer("policy/a.h", "#include <google/protobuf/message.h>"),
              IsEmpty());
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
  for (const char* layer : {"core", "policy", "registry"}) {
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

TEST(CheckReadme, FindsAHeaderThatIsNotListed) {
  const SourceFile readme = {"core/README.md", "| `a.h` | a thing |\n"};
  EXPECT_THAT(CheckReadme(readme, {"a.h"}), IsEmpty());
  EXPECT_THAT(CheckReadme(readme, {"a.h", "b.h"}),
              ElementsAre("core/README.md: must list `b.h`"));
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
