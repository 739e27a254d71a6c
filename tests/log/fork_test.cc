// fork_test.cc: a child of a process that observes its breakers.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "fusebox/config/config_parser.h"
#include "fusebox/core/call.h"
#include "fusebox/log/logger.h"
#include "fusebox/registry/config_file.h"
#include "fusebox/registry/registry.h"

namespace fusebox {
namespace {

namespace fs = std::filesystem;

constexpr char kOneFailure[] =
    R"({"defaultPolicy": {"consecutiveFailures": 1}})";
constexpr char kTwoFailures[] =
    R"({"defaultPolicy": {"consecutiveFailures": 2}})";

// A process with everything that has a thread of its own.
class ForkTest : public testing::Test {
 protected:
  ForkTest() {
    Write(kOneFailure);
    registry_ = *Registry::Create(LoadConfigFile(path_));
    logger_ = std::make_unique<Logger>(registry_, [this](const LogLine& line) {
      lines_.push_back(line.text);
    });
    file_ = *ConfigFile::Watch(path_, registry_, {});
    Fail("parent");
  }
  ~ForkTest() override { fs::remove(path_); }

  void Write(const std::string& text) const { std::ofstream(path_) << text; }

  // Opens the circuit of a method, which then leaves: two lines of the log.
  void Fail(const std::string& method) {
    Call(*registry_->FindBreaker("t", "/s/" + method), [] { return false; });
    registry_->WaitForListeners();
  }

  // Does in the child what a process does that goes on after a fork.
  int Child() {
    if (!file_->Check().ok()) return 1;
    const size_t before = lines_.size();
    Fail("child");
    if (lines_.size() != before + 2) return 2;
    Write(kTwoFailures);
    if (!file_->Check().ok()) return 3;
    if (registry_->config_in_force()
            .config.default_policy.consecutive_failures != 2) {
      return 4;
    }
    file_ = nullptr;
    logger_ = nullptr;
    registry_ = nullptr;
    return 0;
  }

  const std::string path_ =
      testing::TempDir() + "fork_test." + std::to_string(getpid()) + ".json";
  std::vector<std::string> lines_;  // written by the registry's thread
  std::shared_ptr<Registry> registry_;
  std::unique_ptr<Logger> logger_;
  std::unique_ptr<ConfigFile> file_;
};

TEST_F(ForkTest, AChildLogsReloadsAndExits) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);  // kills a child that hangs
    std::exit(Child());
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 0);

  const size_t before = lines_.size();
  Fail("parent2");
  EXPECT_EQ(lines_.size(), before + 2) << "the parent's observers go on";
}

}  // namespace
}  // namespace fusebox
