// process_watcher_test.cc: a watcher survives the end of the process.

#include "tools/admin/process_watcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <string>
#include <vector>

#include "fusebox/base/mutex.h"
#include "tests/tools/scripted_process.h"

namespace fusebox::tool {
namespace {

// Records what a watcher reports.
class Heard {
 public:
  ProcessWatcher::Callbacks Callbacks() {
    return {[this](const v1::WatchBreakersResponse& response) {
              const MutexLock lock(mu_);
              responses_.push_back(response);
              changed_.notify_all();
            },
            [this](const grpc::Status& status) {
              const MutexLock lock(mu_);
              losses_.push_back(status);
              changed_.notify_all();
            }};
  }

  // Blocks until `wanted` accepts a response, and returns it.
  template <typename Wanted>
  v1::WatchBreakersResponse Await(Wanted wanted) {
    const MutexLock lock(mu_);
    for (;;) {
      for (; next_ < responses_.size(); ++next_) {
        if (wanted(responses_[next_])) return responses_[next_++];
      }
      if (!WaitLocked()) return {};
    }
  }

  grpc::Status AwaitLoss() {
    const MutexLock lock(mu_);
    while (losses_.empty()) {
      if (!WaitLocked()) return grpc::Status::OK;
    }
    return losses_.back();
  }

  size_t losses() {
    const MutexLock lock(mu_);
    return losses_.size();
  }

 private:
  bool WaitLocked() {
    const bool came = changed_.wait_for(mu_, std::chrono::minutes(1)) ==
                      std::cv_status::no_timeout;
    EXPECT_TRUE(came) << "nothing came for a minute";
    return came;
  }

  Mutex mu_;
  std::condition_variable_any changed_;
  std::vector<v1::WatchBreakersResponse> responses_;
  size_t next_ = 0;
  std::vector<grpc::Status> losses_;
};

constexpr auto kSnapshot = [](const v1::WatchBreakersResponse& response) {
  return response.snapshot();
};

std::unique_ptr<ProcessWatcher> Watch(const ScriptedProcess& process,
                                      Heard* heard) {
  v1::WatchBreakersRequest request;
  request.set_events(true);
  return std::make_unique<ProcessWatcher>(*ParseAddress(process.address()),
                                          request, heard->Callbacks());
}

TEST(ProcessWatcher, DeliversASnapshotAndThenChanges) {
  ScriptedProcess process("changes");
  process.Find("/s/A");
  Heard heard;
  const auto watcher = Watch(process, &heard);
  EXPECT_EQ(heard.Await(kSnapshot).breakers(0).name().method(), "/s/A");
  process.Call("-----", "/s/B");
  const auto change = heard.Await(
      [](const v1::WatchBreakersResponse& r) { return !r.breakers().empty(); });
  EXPECT_FALSE(change.snapshot());
  EXPECT_EQ(change.breakers(0).name().method(), "/s/B");
  EXPECT_EQ(heard.losses(), 0u);
}

TEST(ProcessWatcher, SurvivesARestartOfTheProcess) {
  ScriptedProcess process("restart");
  Heard heard;
  const auto watcher = Watch(process, &heard);
  const std::string first = heard.Await(kSnapshot).process().incarnation();
  process.Stop();
  EXPECT_FALSE(heard.AwaitLoss().ok());
  process.Restart();
  EXPECT_NE(heard.Await(kSnapshot).process().incarnation(), first);
}

TEST(ProcessWatcher, WaitsForAProcessThatIsNotThereYet) {
  ScriptedProcess process("late");
  process.Stop();
  Heard heard;
  const auto watcher = Watch(process, &heard);
  EXPECT_EQ(heard.AwaitLoss().error_code(), grpc::StatusCode::UNAVAILABLE);
  process.Restart();
  EXPECT_TRUE(heard.Await(kSnapshot).snapshot());
}

TEST(ProcessWatcher, ReportsWhyTheProcessRefusesTheWatch) {
  ScriptedProcess process("refused");
  process.Refuse({grpc::StatusCode::PERMISSION_DENIED, "not you"});
  Heard heard;
  const auto watcher = Watch(process, &heard);
  EXPECT_EQ(heard.AwaitLoss().error_message(), "not you");
  process.Refuse(grpc::Status::OK);
  EXPECT_TRUE(heard.Await(kSnapshot).snapshot());
}

TEST(ProcessWatcher, EndsAtOnceAndLeavesTheProcess) {
  ScriptedProcess process("end");
  Heard heard;
  auto watcher = Watch(process, &heard);
  heard.Await(kSnapshot);
  process.AwaitWatchers(1);
  watcher = nullptr;
  process.AwaitWatchers(0);
  EXPECT_EQ(heard.losses(), 0u) << "its own end is not a loss";
}

}  // namespace
}  // namespace fusebox::tool
