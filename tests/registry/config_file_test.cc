// config_file_test.cc: a registry follows its file, however it is changed.

#include "fusebox/registry/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/base/mutex.h"
#include "fusebox/config/config_parser.h"
#include "fusebox/registry/internal/settled_reading.h"

namespace fusebox {
namespace {

using internal::SettledReading;

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

class ConfigFileTest : public testing::Test {
 protected:
  ConfigFileTest() { fs::create_directories(folder_); }
  ~ConfigFileTest() override { fs::remove_all(folder_); }

  static std::string Json(int failures) {
    return R"({"defaultPolicy": {"consecutiveFailures": )" +
           std::to_string(failures) + "}}";
  }
  static void Write(const fs::path& path, const std::string& text) {
    std::ofstream(path) << text;
  }
  uint32_t Failures() {
    return registry_->config_in_force()
        .config.default_policy.consecutive_failures;
  }
  // By default, the file is read only by Check().
  std::unique_ptr<ConfigFile> Watch(Duration period = 1h) {
    ConfigFile::Options options;
    options.period = period;
    options.listener = [this](const absl::Status& status) {
      MutexLock lock(mu_);
      told_.push_back(status);
      changed_.notify_all();
    };
    auto file = ConfigFile::Watch(path_, registry_, options);
    EXPECT_TRUE(file.ok()) << file.status();
    return *std::move(file);
  }
  std::vector<absl::Status> Told() {
    MutexLock lock(mu_);
    return told_;
  }

  const fs::path folder_ = fs::path(testing::TempDir()) /
                           ("config_file_test." + std::to_string(getpid()));
  const fs::path path_ = folder_ / "breakers.json";
  const std::shared_ptr<Registry> registry_ = Registry::Create();
  Mutex mu_;
  std::condition_variable_any changed_;
  std::vector<absl::Status> told_ FUSEBOX_GUARDED_BY(mu_);
};

TEST_F(ConfigFileTest, IsReadAtOnce) {
  Write(path_, Json(7));
  const auto file = Watch();
  EXPECT_EQ(Failures(), 7u);
  EXPECT_EQ(registry_->config_generation(), 2u);
  EXPECT_EQ(file->updates(), 1u);
  EXPECT_EQ(file->errors(), 0u);
}

TEST_F(ConfigFileTest, AnUnreadableFileIsAnErrorAtFirst) {
  const auto missing = ConfigFile::Watch(path_, registry_, {});
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kNotFound);
  Write(path_, R"({"defaultPolicy": {"openDuration": "0s"}})");
  const auto bad = ConfigFile::Watch(path_, registry_, {});
  EXPECT_EQ(bad.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(bad.status().message()),
              HasSubstr("defaultPolicy.openDuration"));
  EXPECT_EQ(registry_->config_generation(), 1u);
}

TEST_F(ConfigFileTest, ThePeriodMustBeGreaterThanZero) {
  Write(path_, Json(7));
  ConfigFile::Options options;
  options.period = 0s;
  EXPECT_EQ(ConfigFile::Watch(path_, registry_, options).status().message(),
            "period: must be greater than 0s, is 0s");
}

TEST_F(ConfigFileTest, ChangedInPlaceIsFollowed) {
  Write(path_, Json(7));
  const auto file = Watch();
  Write(path_, Json(8));
  EXPECT_TRUE(file->Check().ok());
  EXPECT_EQ(Failures(), 8u);
  ASSERT_EQ(Told().size(), 1u);
  EXPECT_TRUE(Told()[0].ok());
}

TEST_F(ConfigFileTest, ReplacedByARenameIsFollowed) {
  Write(path_, Json(7));
  const auto file = Watch();
  Write(folder_ / "new", Json(8));
  fs::rename(folder_ / "new", path_);
  EXPECT_TRUE(file->Check().ok());
  EXPECT_EQ(Failures(), 8u);
}

// path -> ..data/breakers.json, ..data -> a folder; ..data is swapped.
TEST_F(ConfigFileTest, BehindASwappedSymbolicLinkIsFollowed) {
  for (const int failures : {7, 8}) {
    const fs::path version = folder_ / ("..v" + std::to_string(failures));
    fs::create_directory(version);
    Write(version / "breakers.json", Json(failures));
  }
  fs::create_symlink("..v7", folder_ / "..data");
  fs::create_symlink("..data/breakers.json", path_);
  const auto file = Watch();
  EXPECT_EQ(Failures(), 7u);
  fs::create_symlink("..v8", folder_ / "..data_tmp");
  fs::rename(folder_ / "..data_tmp", folder_ / "..data");
  fs::remove_all(folder_ / "..v7");
  EXPECT_TRUE(file->Check().ok());
  EXPECT_EQ(Failures(), 8u);
}

TEST_F(ConfigFileTest, ANewTextOfTheSameConfigIsNoUpdate) {
  Write(path_, Json(7));
  const auto file = Watch();
  Write(path_, "\n" + Json(7) + "\n");
  EXPECT_TRUE(file->Check().ok());
  EXPECT_EQ(registry_->config_generation(), 2u);
  EXPECT_THAT(Told(), IsEmpty());
}

TEST_F(ConfigFileTest, ABadOneChangesNothingAndIsReportedOnce) {
  Write(path_, Json(7));
  const auto file = Watch();
  Write(path_, R"({"defaultPolicy": {"consecutiveFailures": 8, )");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(file->Check().code(), absl::StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(Failures(), 7u);
  EXPECT_EQ(Told().size(), 1u);
  EXPECT_EQ(file->errors(), 1u);
  EXPECT_EQ(registry_->config_errors(), 1u);

  fs::remove(path_);
  EXPECT_EQ(file->Check().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Failures(), 7u);
  Write(path_, Json(9));
  EXPECT_TRUE(file->Check().ok());
  EXPECT_EQ(Failures(), 9u);
  EXPECT_EQ(file->updates(), 2u);
  EXPECT_EQ(file->errors(), 2u);
}

TEST_F(ConfigFileTest, IsReadOncePerPeriod) {
  Write(path_, Json(7));
  const auto file = Watch(1ms);
  Write(folder_ / "new", Json(8));
  fs::rename(folder_ / "new", path_);
  {
    MutexLock lock(mu_);
    while (told_.empty()) changed_.wait(mu_);
  }
  EXPECT_EQ(Failures(), 8u);
}

// Each reading of the file while it is rewritten in place in two writes.
TEST(SettledReading, AFileThatIsBeingWrittenChangesNothing) {
  constexpr char kFirstHalf[] = "default_policy { preset: RESPONSIVE }";
  constexpr char kWhole[] = R"(
      default_policy { preset: RESPONSIVE }
      method_policy { name { service: "shop.v1.Pay" }
                      policy { mode: FORCED_OPEN } })";
  const auto whole = ParseConfigTextproto(kWhole);
  ASSERT_TRUE(whole.ok());
  SettledReading reading(whole);
  EXPECT_FALSE(reading.Take(ParseConfigTextproto(""), /*complete=*/false));
  EXPECT_FALSE(reading.Take(ParseConfigTextproto(kFirstHalf), false));
  EXPECT_FALSE(reading.Take(whole, false));
  EXPECT_FALSE(reading.Take(whole, false)) << "it is in force already";
  EXPECT_EQ(*reading.get(), *whole);
}

TEST(SettledReading, AChangeCountsOnceTwoReadingsInARowAgree) {
  const absl::StatusOr<Config> changed =
      ParseConfigTextproto("default_policy { consecutive_failures: 7 }");
  const absl::StatusOr<Config> broken = ParseConfigJson("{");
  SettledReading reading{Config()};
  EXPECT_FALSE(reading.Take(changed, false));
  EXPECT_TRUE(reading.Take(changed, false));
  EXPECT_FALSE(reading.Take(broken, false));
  EXPECT_FALSE(reading.Take(changed, false));
  EXPECT_FALSE(reading.Take(broken, false));
  EXPECT_TRUE(reading.Take(broken, false));
  EXPECT_EQ(reading.get().status(), broken.status());
  EXPECT_TRUE(reading.Take(changed, /*complete=*/true));
  EXPECT_EQ(*reading.get(), *changed);
}

}  // namespace
}  // namespace fusebox
