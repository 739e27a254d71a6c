// admin_hostile_test.cc: tests clients that attack, or that do not read.

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/admin/service.h"
#include "fusebox/v1/admin.grpc.pb.h"
#include "tests/admin/admin_test.h"

#ifdef __SANITIZE_ADDRESS__
// From sanitizer/allocator_interface.h, which is not installed everywhere.
extern "C" size_t __sanitizer_get_current_allocated_bytes();
#endif

namespace fusebox::internal {
namespace {

using grpc::StatusCode;
using testing::HasSubstr;

// Returns how much memory this process has allocated.
size_t AllocatedBytes() {
#ifdef __SANITIZE_ADDRESS__
  return __sanitizer_get_current_allocated_bytes();
#else
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
#endif
}

// "VmRSS:  12345 kB"
std::string ResidentSize() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmRSS:", 0) == 0) return line;
  }
  return "";
}

class AdminHostile : public AdminTest {
 protected:
  // Makes a call with any bytes. A watch is cancelled after one response.
  grpc::Status CallRaw(const std::string& method, const std::string& bytes) {
    grpc::GenericStub stub(channel_);
    grpc::CompletionQueue queue;
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
    context.set_wait_for_ready(true);
    const auto stream = stub.PrepareCall(
        &context, "/fusebox.v1.BreakerAdmin/" + method, &queue);
    const auto wait = [&] {
      void* tag;
      bool ok = false;
      return queue.Next(&tag, &ok) && ok;
    };
    stream->StartCall(nullptr);
    bool ok = wait();
    const grpc::Slice slice(bytes);
    if (ok) {
      stream->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(),
                        nullptr);
      ok = wait();
    }
    if (ok) {
      grpc::ByteBuffer response;
      stream->Read(&response, nullptr);
      ok = wait();
    }
    if (ok && method == "WatchBreakers") context.TryCancel();
    grpc::Status status;
    stream->Finish(&status, nullptr);
    wait();
    return status;
  }

  // Returns correct requests, from which wrong ones are made.
  static std::map<std::string, std::string> Requests() {
    const std::string filter =
        "filter { method: '/shop.*/?*' state: OPEN state: CLOSED }";
    const auto bytes = [](const auto& message) {
      return message.SerializeAsString();
    };
    return {
        {"ListBreakers", bytes(Parse<v1::ListBreakersRequest>(filter))},
        {"GetBreaker", bytes(Parse<v1::GetBreakerRequest>(
                           "name { target: 'shop:443' method: '" +
                           std::string(kMethod) + "' }"))},
        {"WatchBreakers",
         bytes(Parse<v1::WatchBreakersRequest>(
             filter + "interval { seconds: 1 } events: true"))},
        {"ListEvents",
         bytes(Parse<v1::ListEventsRequest>(
             "filter { method: '*' } limit: 10 type: 'TRANSITION'"))},
        {"SetMode", bytes(Parse<v1::SetModeRequest>(
                        filter + "mode: DRY_RUN time_limit { seconds: 60 }"))},
        {"ResetBreakers", bytes(Parse<v1::ResetBreakersRequest>(filter))},
        {"GetConfig", ""},
        {"UpdateConfig",
         bytes(Parse<v1::UpdateConfigRequest>(
             "generation: 1 config { default_policy { mode: ENFORCE } "
             "method_policy { name { service: 'a' } } }"))},
    };
  }
};

std::string Mutate(std::string bytes, std::mt19937& random) {
  const auto below = [&](size_t most) { return random() % (most + 1); };
  for (size_t i = below(4) + 1; i > 0; --i) {
    const size_t at = below(bytes.size());
    switch (below(4)) {
      case 0:
        if (at < bytes.size()) bytes[at] = static_cast<char>(random());
        break;
      case 1:
        bytes.resize(at);
        break;
      case 2:
        bytes.insert(at, below(20), static_cast<char>(random()));
        break;
      case 3:
        bytes += bytes.substr(at);
        break;
      default:
        if (at < bytes.size()) {
          bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(7)));
        }
    }
  }
  return bytes;
}

TEST_F(AdminHostile, EveryRequestGetsAClearStatus) {
  Serve();
  Open();
  const std::set<StatusCode> clear = {
      StatusCode::OK, StatusCode::INVALID_ARGUMENT, StatusCode::NOT_FOUND,
      StatusCode::ABORTED};
  std::mt19937 random(20260504);
  std::map<StatusCode, int> codes;
  for (const auto& [method, request] : Requests()) {
    for (int i = 0; i < 400; ++i) {
      const std::string bytes = Mutate(request, random);
      const grpc::Status status = CallRaw(method, bytes);
      const bool ended = method == "WatchBreakers" &&
                         status.error_code() == StatusCode::CANCELLED;
      ++codes[status.error_code()];
      ASSERT_TRUE(ended || clear.count(status.error_code()) != 0)
          << method << ": " << status.error_code() << " "
          << status.error_message();
      ASSERT_TRUE(status.ok() || !status.error_message().empty());
    }
  }
  EXPECT_GT(codes[StatusCode::OK], 50);
  EXPECT_GT(codes[StatusCode::INVALID_ARGUMENT], 500);
  EXPECT_TRUE(Eventually([&] { return admin_->service().watchers() == 0; }));
  EXPECT_EQ(One().name().method(), kMethod);
}

TEST_F(AdminHostile, BytesThatAreNoMessageGetAClearStatus) {
  Serve();
  const grpc::Status status = CallRaw("SetMode", "\xFF\xFF\xFF");
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(),
            "the request is no fusebox.v1.SetModeRequest");
  EXPECT_EQ(CallRaw("WatchBreakers", "\x0A\x7F").error_message(),
            "the request is no fusebox.v1.WatchBreakersRequest");
}

TEST_F(AdminHostile, RefusesNamesOfAMegabyte) {
  Serve();
  Method();
  const std::string name(1 << 20, '*');
  v1::GetBreakerRequest get;
  get.mutable_name()->set_method(name);
  v1::GetBreakerResponse got;
  const grpc::Status not_found =
      Call(&v1::BreakerAdmin::Stub::GetBreaker, get, &got);
  EXPECT_EQ(not_found.error_code(), StatusCode::NOT_FOUND);
  EXPECT_LT(not_found.error_message().size(), 1000u);
  v1::ListBreakersRequest list;
  list.mutable_filter()->set_method(name);
  v1::ListBreakersResponse listed;
  const grpc::Status too_long = List(list, &listed);
  EXPECT_EQ(too_long.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(too_long.error_message(), HasSubstr("is 1048576 bytes"));
  get.mutable_name()->set_method(std::string(5 << 20, 'x'));
  EXPECT_EQ(Call(&v1::BreakerAdmin::Stub::GetBreaker, get, &got).error_code(),
            StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(AdminHostile, ManyStarsOnManyBreakersTakeNoTime) {
  Serve();
  for (int i = 0; i < 500; ++i) {
    Method("/" + std::string(200, 'a') + "/" + std::to_string(i));
  }
  std::string glob;
  for (int i = 0; i < 340; ++i) glob += "*a?";
  EXPECT_THAT(Listed("method: '" + glob + "'"), testing::IsEmpty());
}

// The client's side of the connection is in this process too. It holds one
// window per stream.
TEST_F(AdminHostile, TheMemoryOfWatchersThatNeverReadIsBounded) {
  constexpr int kWatchers = 40;
  constexpr int kBreakers = 150;
  AdminOptions options = Writable();
  options.watcher_events = 32;
  Serve(std::move(options));
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  stub_ = v1::BreakerAdmin::NewStub(grpc::CreateCustomChannel(
      admin_->address(), grpc::InsecureChannelCredentials(), arguments));
  std::vector<GuardedMethod*> breakers;
  for (int i = 0; i < kBreakers; ++i) {
    breakers.push_back(&Method("/shop.v1.Cart/M" + std::to_string(i)));
  }
  v1::WatchBreakersRequest request;
  request.mutable_interval()->set_nanos(100'000'000);
  request.set_events(true);
  std::vector<std::unique_ptr<Watch>> watches;
  for (int i = 0; i < kWatchers; ++i) {
    watches.push_back(std::make_unique<Watch>(*stub_, request));
  }
  // Changes everything more often than events are kept.
  const auto storm = [&] {
    const uint64_t looks = admin_->service().looks();
    for (int i = 0; i < 40; ++i) {
      const bool forced = i % 2 == 0;
      for (GuardedMethod* const breaker : breakers) {
        breaker->breaker().SetOperatorMode(forced ? Mode::kForcedOpen
                                                  : Mode::kDisabled);
        EXPECT_NE(static_cast<bool>(breaker->breaker().Acquire()), forced);
      }
      registry_->WaitForListeners();
    }
    EXPECT_TRUE(Eventually([&] { return admin_->service().looks() > looks; }));
    return AllocatedBytes();
  };
  storm();
  const size_t once = storm();
  std::cout << "after one storm: " << once / 1024 << " KiB, " << ResidentSize()
            << "\n";
  const size_t twice = storm();
  std::cout << "after another:   " << twice / 1024 << " KiB, " << ResidentSize()
            << "\n";
  EXPECT_EQ(admin_->service().watchers(), static_cast<size_t>(kWatchers));
  // If each watcher held one more response, this would be four times as much.
  EXPECT_LT(twice, once + (2 << 20));
}

TEST_F(AdminHostile, OfAThousandWatchersTheFirstNineHundredWatch) {
  constexpr size_t kMax = 900;
  AdminOptions options;
  options.max_watchers = kMax;
  Serve(std::move(options));
  Method();
  v1::WatchBreakersRequest request;
  request.mutable_interval()->set_seconds(60);
  std::vector<std::unique_ptr<Watch>> watches;
  for (int i = 0; i < 1000; ++i) {
    watches.push_back(std::make_unique<Watch>(*stub_, request));
  }
  std::vector<Watch*> watching;
  for (const auto& watch : watches) {
    if (watch->Next().snapshot()) {
      watching.push_back(watch.get());
    } else {
      const grpc::Status status = watch->End();
      EXPECT_EQ(status.error_code(), StatusCode::RESOURCE_EXHAUSTED);
      EXPECT_THAT(status.error_message(), HasSubstr("900 watch already"));
    }
  }
  EXPECT_EQ(watching.size(), kMax);
  Open();
  for (Watch* const watch : watching) {
    EXPECT_EQ(watch->Next().breakers(0).state(), v1::OPEN);
  }
  admin_.reset();
  for (Watch* const watch : watching) {
    EXPECT_EQ(watch->End().error_code(), StatusCode::UNAVAILABLE);
  }
}

}  // namespace
}  // namespace fusebox::internal
