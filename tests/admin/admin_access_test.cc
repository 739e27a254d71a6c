// admin_access_test.cc: tests who may call the admin service, and what for.

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/admin/service.h"
#include "fusebox/v1/admin.grpc.pb.h"
#include "tests/admin/admin_test.h"

namespace fusebox::internal {
namespace {

using grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using Stub = v1::BreakerAdmin::Stub;

class AdminAccess : public AdminTest {
 protected:
  grpc::Status SetMode() {
    v1::SetModeResponse response;
    return Call(&Stub::SetMode, Parse<v1::SetModeRequest>("filter {}"),
                &response);
  }
  grpc::Status Look() {
    v1::ListBreakersResponse response;
    return List({}, &response);
  }

  // Adds the service to a server of the application's own.
  std::shared_ptr<AdminService> ServeBesides(AdminOptions options = {}) {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port);
    auto admin = AddBreakerAdmin(&builder, registry_, std::move(options));
    server_ = builder.BuildAndStart();
    stub_ = v1::BreakerAdmin::NewStub(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(port),
                            grpc::InsecureChannelCredentials()));
    return admin;
  }

  std::unique_ptr<grpc::Server> server_;
};

TEST_F(AdminAccess, TheDefaultIsReadOnly) {
  Method();
  Serve(AdminOptions());
  EXPECT_EQ(SetMode().error_code(), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(SetMode().error_message(),
            "SetMode: this process lets nobody change anything");
  v1::ResetBreakersResponse reset;
  EXPECT_EQ(Call(&Stub::ResetBreakers,
                 Parse<v1::ResetBreakersRequest>("filter {}"), &reset)
                .error_code(),
            StatusCode::PERMISSION_DENIED);
  v1::UpdateConfigResponse update;
  EXPECT_EQ(
      Call(&Stub::UpdateConfig,
           Parse<v1::UpdateConfigRequest>("generation: 1 config {}"), &update)
          .error_code(),
      StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(registry_->config_generation(), 1u);
  v1::ListBreakersResponse list;
  ASSERT_TRUE(List({}, &list).ok());
  EXPECT_TRUE(list.process().read_only());
}

TEST_F(AdminAccess, TheHookIsAskedAboutEveryCall) {
  Method();
  std::mutex mu;
  std::vector<std::string> asked;
  AdminOptions options = Writable();
  options.authorize = [&](const AdminCall& call) {
    const std::lock_guard<std::mutex> lock(mu);
    asked.push_back(std::string(call.method) +
                    (call.changes ? " changes" : ""));
    EXPECT_THAT(std::string(call.context.peer()), StartsWith("ipv4:127.0.0.1"));
    if (call.method == "WatchBreakers") {
      return grpc::Status(StatusCode::UNAUTHENTICATED, "who are you?");
    }
    return grpc::Status::OK;
  };
  Serve(std::move(options));
  EXPECT_TRUE(Look().ok());
  EXPECT_TRUE(SetMode().ok());
  Watch watch(*stub_, {});
  const grpc::Status status = watch.End();
  EXPECT_EQ(status.error_code(), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(status.error_message(), "who are you?");
  EXPECT_THAT(asked,
              ElementsAre("ListBreakers", "SetMode changes", "WatchBreakers"));
}

TEST_F(AdminAccess, ADeniedCallerLearnsNothingElse) {
  AdminOptions options;
  options.authorize = [](const AdminCall&) {
    return grpc::Status(StatusCode::PERMISSION_DENIED, "not you");
  };
  Serve(std::move(options));
  v1::ListBreakersRequest bad;
  bad.mutable_filter()->set_method(std::string(2000, 'x'));
  v1::ListBreakersResponse response;
  EXPECT_EQ(List(bad, &response).error_message(), "not you");
  EXPECT_EQ(SetMode().error_message(), "not you");
}

TEST_F(AdminAccess, AHookThatThrowsFailsTheCall) {
  AdminOptions options = Writable();
  options.authorize = [](const AdminCall&) -> grpc::Status {
    throw std::runtime_error("no database");
  };
  Serve(std::move(options));
  EXPECT_EQ(Look().error_code(), StatusCode::INTERNAL);
  EXPECT_EQ(SetMode().error_code(), StatusCode::INTERNAL);
  Watch watch(*stub_, {});
  EXPECT_EQ(watch.End().error_code(), StatusCode::INTERNAL);
  EXPECT_EQ(registry_->callback_errors(), 3u);
}

TEST_F(AdminAccess, TheAdminServiceItselfHasNoBreaker) {
  EXPECT_EQ(
      registry_->FindBreaker("t", "/fusebox.v1.BreakerAdmin/ListBreakers"),
      nullptr);
}

TEST_F(AdminAccess, AServerOfTheApplicationCanServeIt) {
  Method();
  AdminOptions options;
  options.process_name = "cart-7d9f";
  const auto admin = ServeBesides(std::move(options));
  v1::ListBreakersResponse list;
  ASSERT_TRUE(List({}, &list).ok());
  EXPECT_EQ(list.process().name(), "cart-7d9f");
  EXPECT_EQ(list.breakers_size(), 1);
  Watch watch(*stub_, {});
  EXPECT_TRUE(watch.Next().snapshot());
  EXPECT_EQ(admin->watchers(), 1u);
  admin->EndWatches();
  server_->Shutdown();  // waits for all calls
  const grpc::Status end = watch.End();
  EXPECT_EQ(end.error_code(), StatusCode::UNAVAILABLE);
  EXPECT_THAT(end.error_message(), HasSubstr("shutting down"));
}

TEST_F(AdminAccess, TheServerKeepsTheServiceAlive) {
  ServeBesides();
  registry_.reset();
  EXPECT_TRUE(Look().ok());
  Watch watch(*stub_, {});
  EXPECT_TRUE(watch.Next().snapshot());
  server_->Shutdown(std::chrono::system_clock::now());
  EXPECT_FALSE(watch.End().ok());
}

}  // namespace
}  // namespace fusebox::internal
