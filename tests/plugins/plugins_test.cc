// plugins_test.cc: two copies of Fusebox in one process.

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <string>

namespace fusebox {
namespace {

unsigned FailuresBy(const std::string& plugin, const char* json) {
  void* const library = dlopen(plugin.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    ADD_FAILURE() << dlerror();
    return 0;
  }
  const auto failures =
      reinterpret_cast<unsigned (*)(const char*)>(dlsym(library, "Failures"));
  return failures(json);  // gRPC does not let a library be unloaded
}

TEST(Plugins, EachReadsItsConfigAndMakesAChannel) {
  EXPECT_EQ(FailuresBy(FUSEBOX_FIRST_PLUGIN,
                       R"({"defaultPolicy": {"consecutiveFailures": 3}})"),
            3u);
  EXPECT_EQ(FailuresBy(FUSEBOX_SECOND_PLUGIN,
                       R"({"defaultPolicy": {"consecutiveFailures": 4}})"),
            4u);
}

}  // namespace
}  // namespace fusebox
