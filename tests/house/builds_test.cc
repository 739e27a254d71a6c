// builds_test.cc: breaks each rule about the builds once.

#include "tests/house/builds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fusebox {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr char kCMake[] =
    "# A library (of x.cc)\n"
    "fusebox_library(core\n"
    "  SOURCES\n"
    "    fusebox/core/a.cc  # b.cc comes later\n"
    "    fusebox/core/ab.cc\n"
    "  DEPS Threads::Threads)\n"
    "if(TARGET x)\n"
    "  target_compile_definitions(x PRIVATE DIR=\"${PROJECT_SOURCE_DIR}\")\n"
    "endif()\n"
    "fusebox_proto(core_config ${PROJECT_SOURCE_DIR}/proto/v1/config.proto)\n";

constexpr char kBazel[] =
    "load(\"//bazel:fusebox.bzl\", \"fusebox_test\")\n"
    "package(default_visibility = [\"//visibility:public\"])\n"
    "cc_library(\n"
    "    name = \"core\",\n"
    "    srcs = glob([\"*.h\"]) + [\n"
    "        \"fusebox/core/a.cc\",\n"
    "        \":fusebox/core/ab.cc\",\n"
    "    ],  # and \"x.cc\"\n"
    "    deps = [\":headers\"],\n"
    ")\n"
    "proto_library(name=\"c\", srcs=[\"//proto:v1/config.proto\"])\n";

const std::vector<std::string> kSources = {
    "lib/fusebox/core/a.cc", "lib/fusebox/core/ab.cc",
    "lib/fusebox/core/internal/c.cc", "lib/fusebox/corex/d.cc"};

Targets TargetsOf(const std::string& path, const std::string& text) {
  Targets targets;
  AddTargets({path, text}, kSources, &targets);
  return targets;
}

const Targets& Cmake() {
  static const auto& targets =
      *new Targets(TargetsOf("lib/CMakeLists.txt", kCMake));
  return targets;
}

// kBazel with `from` replaced by `to`, against kCMake.
Findings Compare(const std::string& from, const std::string& to) {
  std::string text = kBazel;
  text.replace(text.find(from), from.size(), to);
  return CompareBuilds(Cmake(), TargetsOf("lib/BUILD.bazel", text));
}

TEST(AddTargets, ReadsCMake) {
  EXPECT_THAT(
      Cmake(),
      ElementsAre(Pair("core", ElementsAre("lib/fusebox/core/a.cc",
                                           "lib/fusebox/core/ab.cc")),
                  Pair("protos", ElementsAre("proto/v1/config.proto"))));
}

TEST(AddTargets, ReadsBazelAlike) {
  EXPECT_EQ(TargetsOf("lib/BUILD.bazel", kBazel), Cmake());
}

TEST(AddTargets, KnowsNoFolderInTheRoot) {
  EXPECT_THAT(
      TargetsOf("BUILD.bazel", "cc_test(name = \"t\", srcs=[\"t.cc\"])"),
      ElementsAre(Pair("t", ElementsAre("t.cc"))));
}

TEST(AddTargets, ExpandsPatterns) {
  EXPECT_THAT(
      TargetsOf(
          "lib/BUILD.bazel",
          "cc_library(name = \"core\", srcs = glob([\"fusebox/core/**/*.cc\"],"
          " exclude = [\"fusebox/core/ab.cc\"]), deps = [\":x\"])"),
      ElementsAre(Pair("core", ElementsAre("lib/fusebox/core/a.cc",
                                           "lib/fusebox/core/internal/c.cc"))));
}

TEST(CompareBuilds, FindsNothingInEqualOnes) {
  EXPECT_THAT(CompareBuilds(Cmake(), Cmake()), IsEmpty());
}

TEST(CompareBuilds, FindsASourceThatOneLacks) {
  EXPECT_THAT(Compare("\":fusebox/core/ab.cc\",", ""),
              ElementsAre("BUILD.bazel: core must name lib/fusebox/core/ab.cc, "
                          "as in CMakeLists.txt"));
  EXPECT_THAT(Compare("],  #", "\"fusebox/core/c.cc\"], #"),
              ElementsAre("CMakeLists.txt: core must name "
                          "lib/fusebox/core/c.cc, as in BUILD.bazel"));
  EXPECT_THAT(
      Compare("//proto:v1/config.proto", ""),
      ElementsAre("BUILD.bazel: protos must name proto/v1/config.proto, "
                  "as in CMakeLists.txt"));
}

TEST(CompareBuilds, FindsATargetOfAnotherName) {
  EXPECT_THAT(Compare("name = \"core\"", "name = \"kernel\""),
              testing::SizeIs(4));
}

const std::string kLibrary = "interceptors/fusebox/";

TEST(CheckFolders, FindsNothingWhereEachFolderIsATarget) {
  EXPECT_THAT(CheckFolders({{"core", {kLibrary + "core/internal/a.cc"}},
                            {"part", {kLibrary + "core/b.cc"}},
                            {"tool", {"tools/a.cc", "tools/b/a.cc"}}},
                           {"core"}),
              IsEmpty());
}

TEST(CheckFolders, FindsAFolderWithoutATarget) {
  EXPECT_THAT(
      CheckFolders({{"kernel", {kLibrary + "core/a.cc"}}}, {"core"}),
      ElementsAre(
          "there must be a target core for interceptors/fusebox/core/"));
}

TEST(CheckFolders, FindsATargetWithSourcesOfAnotherFolder) {
  EXPECT_THAT(CheckFolders({{"core", {kLibrary + "base/a.cc"}}}, {"core"}),
              ElementsAre("core must have sources of core/ only, has "
                          "interceptors/fusebox/base/a.cc"));
  EXPECT_THAT(
      CheckFolders({{"core", {kLibrary + "core/a.cc"}},
                    {"part", {kLibrary + "base/b.cc", kLibrary + "core/c.cc"}}},
                   {"core"}),
      ElementsAre("part must have sources of base/ only, has "
                  "interceptors/fusebox/core/c.cc"));
}

}  // namespace
}  // namespace fusebox
