// Services that are exempt from circuit breaking, on real calls. A circuit
// would hide the state that their callers ask for.

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/client_callback.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <tuple>

#include "fusebox/grpc/rejection.h"
#include "fusebox/testing/scripted_server.h"
#include "tests/grpc/guarded_channel.h"

namespace fusebox {
namespace {

grpc::ByteBuffer Empty() {
  const grpc::Slice nothing;
  return grpc::ByteBuffer(&nothing, 1);
}

grpc::Status CallUnary(const std::shared_ptr<grpc::Channel>& channel,
                       const std::string& method) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  const grpc::ByteBuffer request = Empty();
  grpc::ByteBuffer reply;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, method, {}, &request, &reply,
                 [&](const grpc::Status& status) { done.set_value(status); });
  return done.get_future().get();
}

// Reads a stream to its end.
class Reader final
    : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  void Start() {
    StartWriteLast(&request_, {});
    StartRead(&reply_);
    StartCall();
  }
  void OnReadDone(bool ok) override {
    if (ok) StartRead(&reply_);
  }
  void OnDone(const grpc::Status& status) override { done_.set_value(status); }
  grpc::Status Await() { return done_.get_future().get(); }

 private:
  const grpc::ByteBuffer request_ = Empty();
  grpc::ByteBuffer reply_;
  std::promise<grpc::Status> done_;
};

grpc::Status CallStream(const std::shared_ptr<grpc::Channel>& channel,
                        const std::string& method) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  Reader reader;
  stub.PrepareBidiStreamingCall(&context, method, {}, &reader);
  reader.Start();
  return reader.Await();
}

struct Caller {
  const char* name;
  grpc::Status (*call)(const std::shared_ptr<grpc::Channel>& channel,
                       const std::string& method);
};

class ExemptTest
    : public testing::TestWithParam<std::tuple<Caller, Transport>> {
 protected:
  grpc::Status Call(const std::string& method) {
    return std::get<0>(GetParam()).call(guarded_.channel(), method);
  }

  static Config AllForcedOpen() {
    Config config;
    config.default_policy.mode = Mode::kForcedOpen;
    return config;
  }

  ScriptedServer server_;
  GuardedChannel guarded_{server_, std::get<1>(GetParam()), AllForcedOpen()};
};
INSTANTIATE_TEST_SUITE_P(
    Each, ExemptTest,
    testing::Combine(testing::Values(Caller{"Unary", &CallUnary},
                                     Caller{"Stream", &CallStream}),
                     testing::Values(Transport::kInProcess, Transport::kTcp)),
    [](const auto& row) {
      return std::string(std::get<0>(row.param).name) +
             Name(std::get<1>(row.param));
    });

TEST_P(ExemptTest, ExemptCallsPassWithoutABreakerAKeyOrAClassifier) {
  std::atomic<int> asked{0};
  guarded_.options.classifier = [&](const FinishedCall&) {
    ++asked;
    return std::nullopt;
  };
  guarded_.options.key = [](const CallInfo&) { return "tenant"; };
  guarded_.Reconnect(server_);
  server_.Respond(ScriptedReply::Error(grpc::StatusCode::UNAVAILABLE, "down"));
  size_t calls = 0;
  for (const char* method :
       {"/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        "/grpc.channelz.v1.Channelz/GetServers",
        "/fusebox.v1.BreakerAdmin/List"}) {
    for (int i = 0; i < 6; ++i) {
      EXPECT_EQ(Call(method).error_message(), "down") << method;
      EXPECT_EQ(server_.calls(), ++calls);
    }
  }
  EXPECT_EQ(asked, 0);
  EXPECT_TRUE(guarded_.registry()->TakeSnapshot().empty());
}

TEST_P(ExemptTest, SimilarNamesAreNotExempt) {
  for (const char* method :
       {"/grpc.health.v1.HealthX/Check", "/grpc.health.v1/Check",
        "/x.grpc.health.v1.Health/Check", "/fusebox.v1.BreakerAdmin",
        "/fusebox.test.Echo/Say"}) {
    EXPECT_TRUE(IsRejection(Call(method))) << method;
  }
  EXPECT_EQ(server_.calls(), 0u);
}

TEST_P(ExemptTest, TheConfigCanPutThemBehindABreaker) {
  Config config = AllForcedOpen();
  config.method_policy.push_back(
      {{{"grpc.health.v1.Health", ""}}, config.default_policy});
  GuardedChannel named(server_, std::get<1>(GetParam()), config);
  const auto call = std::get<0>(GetParam()).call;
  EXPECT_TRUE(
      IsRejection(call(named.channel(), "/grpc.health.v1.Health/Check")));
}

}  // namespace
}  // namespace fusebox
