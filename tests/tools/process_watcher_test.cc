// process_watcher_test.cc: what a watcher reports as a loss. That it survives
// restarts is tested with what uses it: watch_test.cc and events_test.cc.

#include "tools/admin/process_watcher.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <mutex>

#include "tests/tools/scripted_process.h"

namespace fusebox::tool {
namespace {

class ProcessWatcherTest : public testing::Test {
 protected:
  std::unique_ptr<ProcessWatcher> Watch() {
    return std::make_unique<ProcessWatcher>(
        *ParseAddress(process_.address()), v1::WatchBreakersRequest(),
        ProcessWatcher::Callbacks{
            [](const v1::WatchBreakersResponse&) {}, nullptr,
            [this](const grpc::Status& status) {
              std::call_once(once_, [&] { first_loss_.set_value(status); });
            }});
  }

  ScriptedProcess process_{"watched"};
  std::once_flag once_;
  std::promise<grpc::Status> first_loss_;
  std::future<grpc::Status> loss_ = first_loss_.get_future();
};

TEST_F(ProcessWatcherTest, ReportsWhyTheProcessRefusesTheWatchAndTriesAgain) {
  process_.Refuse({grpc::StatusCode::PERMISSION_DENIED, "not you"});
  const auto watcher = Watch();
  ASSERT_EQ(loss_.wait_for(std::chrono::minutes(1)), std::future_status::ready);
  EXPECT_EQ(loss_.get().error_message(), "not you");
  process_.Refuse(grpc::Status::OK);
  process_.AwaitWatchers(1);
}

TEST_F(ProcessWatcherTest, EndsAtOnceAndLeavesTheProcess) {
  auto watcher = Watch();
  process_.AwaitWatchers(1);
  watcher = nullptr;
  process_.AwaitWatchers(0);
  EXPECT_EQ(loss_.wait_for(std::chrono::seconds(0)),
            std::future_status::timeout)
      << "its own end is not a loss";
}

}  // namespace
}  // namespace fusebox::tool
