// watch_hub_test.cc: tests when watchers get responses, with sinks instead of
// gRPC.

#include "fusebox/admin/internal/watch_hub.h"

#include <gmock/gmock.h>
#include <grpcpp/support/slice.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/admin/internal/breaker_reader.h"
#include "fusebox/admin/internal/feed.h"
#include "fusebox/policy/policy.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/subscription.h"
#include "fusebox/v1/admin.pb.h"
#include "tests/admin/admin_test.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::SizeIs;

// Keeps the responses. A slow sink has read one when the test calls Read().
class Sink final : public WatchSink {
 public:
  Sink(WatchHub& hub, bool slow) : hub_(hub), slow_(slow) {}

  void Write(std::vector<grpc::Slice> response) override {
    std::string bytes;
    for (const grpc::Slice& slice : response) {
      bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
    v1::WatchBreakersResponse message;
    EXPECT_TRUE(message.ParseFromString(bytes));
    {
      const std::lock_guard<std::mutex> lock(mu_);
      EXPECT_FALSE(writing_) << "at most one on its way";
      writing_ = slow_;
      responses_.push_back(std::move(message));
      changed_.notify_all();
    }
    if (!slow_) hub_.Written(this, true);
  }
  void Cancel() override { Read(/*ok=*/false); }
  void End(const absl::Status& status) override {
    const std::lock_guard<std::mutex> lock(mu_);
    EXPECT_FALSE(writing_);
    EXPECT_FALSE(end_) << "once";
    end_ = status;
    changed_.notify_all();
  }

  void Read(bool ok = true) {
    {
      const std::lock_guard<std::mutex> lock(mu_);
      if (!std::exchange(writing_, false)) return;
    }
    hub_.Written(this, ok);
  }
  // Returns the next response with news, because an interval may end at any
  // time.
  v1::WatchBreakersResponse Next() {
    for (;;) {
      v1::WatchBreakersResponse response = NextOfAll();
      if (HasNews(response) || !response.has_process()) return response;
      Read();
    }
  }
  v1::WatchBreakersResponse NextOfAll() {
    std::unique_lock<std::mutex> lock(mu_);
    const bool came =
        changed_.wait_for(lock, kPatience, [&] { return !responses_.empty(); });
    EXPECT_TRUE(came) << "no response";
    if (!came) return {};
    v1::WatchBreakersResponse response = std::move(responses_.front());
    responses_.pop_front();
    return response;
  }
  // Returns how many responses have come since the last call.
  int TakeAll() {
    const std::lock_guard<std::mutex> lock(mu_);
    return static_cast<int>(std::exchange(responses_, {}).size());
  }
  absl::Status WaitForEnd() {
    std::unique_lock<std::mutex> lock(mu_);
    changed_.wait_for(lock, kPatience, [&] { return end_.has_value(); });
    return end_.value_or(absl::DeadlineExceededError("no end"));
  }

 private:
  WatchHub& hub_;
  const bool slow_;
  std::mutex mu_;
  std::condition_variable changed_;
  std::deque<v1::WatchBreakersResponse> responses_;
  std::optional<absl::Status> end_;
  bool writing_ = false;
};

class WatchHubTest : public ObserveTest {
 protected:
  static constexpr size_t kMaxWatchers = 1000;
  static constexpr size_t kMaxEvents = 4;

  WatchHubTest()
      : reader_(std::make_shared<BreakerReader>(registry_, "p", true)),
        hub_(reader_, kMaxWatchers, kMaxEvents),
        subscription_(registry_->Subscribe([this](const Event& event) {
          reader_->OnEvent(event);
          hub_.OnEvent(event);
        })) {}

  std::shared_ptr<Sink> Add(WatchRequest request, bool slow = false) {
    auto sink = std::make_shared<Sink>(hub_, slow);
    EXPECT_EQ(hub_.Add(sink, std::move(request)), absl::OkStatus());
    return sink;
  }

  // No interval of this length ends in a test.
  static WatchRequest Rarely() { return {BreakerMatcher(), 1000h, false}; }
  static WatchRequest Often() { return {BreakerMatcher(), 100ms, false}; }

  const std::shared_ptr<BreakerReader> reader_;
  WatchHub hub_;
  const Subscription subscription_;
};

TEST_F(WatchHubTest, AnIntervalWithoutNewsSaysThatTheProcessLives) {
  Open();
  registry_->WaitForListeners();
  const auto sink = Add(Often());
  sink->Next();
  for (int i = 0; i < 3; ++i) {
    const v1::WatchBreakersResponse response = sink->NextOfAll();
    EXPECT_FALSE(HasNews(response));
    EXPECT_EQ(response.process().name(), "p");
  }
}

TEST_F(WatchHubTest, ASlowWatcherHasOneResponseOnItsWay) {
  Method();
  const auto sink = Add(Rarely(), /*slow=*/true);
  sink->Next();
  for (const Mode mode : {Mode::kForcedOpen, Mode::kDryRun}) {
    const uint64_t looks = hub_.looks();
    Method().breaker().SetOperatorMode(mode);
    EXPECT_TRUE(Eventually([&] { return hub_.looks() > looks; }));
  }
  EXPECT_EQ(sink->TakeAll(), 0);
  sink->Read();
  const v1::WatchBreakersResponse response = sink->Next();
  ASSERT_THAT(response.breakers(), SizeIs(1));
  EXPECT_EQ(response.breakers(0).mode(), v1::Policy::DRY_RUN) << "the latest";
}

TEST_F(WatchHubTest, AThousandWatchersShareTheirLooks) {
  for (int i = 0; i < 20; ++i) Method("/s/M" + std::to_string(i));
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::shared_ptr<Sink>> sinks;
  for (size_t i = 0; i < kMaxWatchers; ++i) sinks.push_back(Add(Rarely()));
  const absl::Status one_more =
      hub_.Add(std::make_shared<Sink>(hub_, false), Rarely());
  EXPECT_EQ(one_more.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(one_more.message()), HasSubstr("1000 watch"));
  for (const auto& sink : sinks) {
    EXPECT_THAT(sink->Next().breakers(), SizeIs(20));
  }
  Open("/s/M7");
  for (const auto& sink : sinks) {
    EXPECT_EQ(sink->Next().breakers(0).state(), v1::OPEN);
  }
  const uint64_t looks = hub_.looks();
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_LE(looks, static_cast<uint64_t>(took / WatchHub::kLeastGap) + 1);
}

TEST_F(WatchHubTest, AStormCausesFewLooksAndIsReportedMeanwhile) {
  Method();
  const auto sink = Add(Rarely());
  sink->Next();
  const auto begin = std::chrono::steady_clock::now();
  const uint64_t before = hub_.looks();
  int told = 0;
  for (int i = 0; told < 5; ++i) {
    Method().breaker().SetOperatorMode(i % 2 == 0 ? Mode::kForcedOpen
                                                  : Mode::kDryRun);
    told += sink->TakeAll();
    ASSERT_LT(std::chrono::steady_clock::now() - begin, kPatience);
  }
  const uint64_t looks = hub_.looks() - before;
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_GE(looks, 5u);
  EXPECT_LE(looks, static_cast<uint64_t>(took / WatchHub::kLeastGap) + 1);
}

TEST_F(WatchHubTest, IntervalsEndTogetherWheneverTheyBegan) {
  std::vector<std::shared_ptr<Sink>> sinks;
  const auto begin = std::chrono::steady_clock::now();
  for (size_t i = 1; i <= 10; ++i) {
    sinks.push_back(Add(Often()));
    EXPECT_TRUE(Eventually(
        [&] { return std::chrono::steady_clock::now() - begin > i * 10ms; }));
  }
  for (int i = 0; i < 8; ++i) {
    for (const auto& sink : sinks) sink->NextOfAll();
  }
  const uint64_t looks = hub_.looks();
  const auto took = std::chrono::steady_clock::now() - begin;
  // One look per tick, and one for each new watcher.
  EXPECT_LE(looks, static_cast<uint64_t>(took / 100ms) + 1 + 10);
}

TEST_F(WatchHubTest, AWatcherThatEndsMakesRoom) {
  const auto sink = Add(Rarely());
  sink->Next();
  hub_.Cancelled(sink.get());
  EXPECT_EQ(sink->WaitForEnd().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(hub_.watchers(), 0u);
  hub_.Cancelled(sink.get());
  hub_.Written(sink.get(), true);
}

TEST_F(WatchHubTest, AWatcherWhoseConnectionBreaksEnds) {
  const auto sink = Add(Rarely(), /*slow=*/true);
  sink->Next();
  sink->Read(/*ok=*/false);
  EXPECT_EQ(sink->WaitForEnd().code(), absl::StatusCode::kCancelled);
}

TEST_F(WatchHubTest, StopEndsAllWatchersAndRefusesNewOnes) {
  const auto quick = Add(Rarely());
  const auto slow = Add(Rarely(), /*slow=*/true);
  quick->Next();
  slow->Next();
  hub_.Stop();
  EXPECT_EQ(quick->WaitForEnd().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(slow->WaitForEnd().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(hub_.Add(std::make_shared<Sink>(hub_, false), Rarely()).code(),
            absl::StatusCode::kUnavailable);
  hub_.Stop();
}

}  // namespace
}  // namespace fusebox::internal
