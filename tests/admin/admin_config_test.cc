// admin_config_test.cc: tests configs that operators read, replace and undo,
// and who is said to have done it.

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/registry/config_file.h"
#include "fusebox/v1/admin.grpc.pb.h"
#include "tests/admin/admin_test.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;
using grpc::StatusCode;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using Stub = v1::BreakerAdmin::Stub;

// Returns a request that replaces the config of a generation.
v1::UpdateConfigRequest FailuresAre(uint32_t failures, uint64_t generation) {
  v1::UpdateConfigRequest request;
  request.set_generation(generation);
  request.mutable_config()->mutable_default_policy()->set_consecutive_failures(
      failures);
  return request;
}

std::string ThisUser() { return getpwuid(geteuid())->pw_name; }

class AdminConfig : public AdminTest {
 protected:
  AdminConfig() {
    AdminOptions options = Writable();
    options.authorize = [this](const AdminCall& call) {
      if (call.changes) *call.author = author_;
      return grpc::Status::OK;
    };
    Serve(std::move(options));
  }

  grpc::Status Update(const v1::UpdateConfigRequest& request) {
    return Call(&Stub::UpdateConfig, request, &updated_);
  }
  grpc::Status Check(const v1::UpdateConfigRequest& request) {
    return Call(&Stub::CheckConfig, request, &updated_);
  }
  void SetMode(const std::string& request) {
    v1::SetModeResponse response;
    EXPECT_TRUE(
        Call(&Stub::SetMode, Parse<v1::SetModeRequest>(request), &response)
            .ok());
  }
  std::vector<v1::ConfigRecord> History() {
    v1::ListConfigsResponse response;
    EXPECT_TRUE(Call(&Stub::ListConfigs, {}, &response).ok());
    return {response.configs().begin(), response.configs().end()};
  }
  // Returns the texts of the events of a type.
  std::vector<std::string> Texts(const std::string& type) {
    registry_->WaitForListeners();
    v1::ListEventsRequest request;
    request.add_type(type);
    v1::ListEventsResponse response;
    EXPECT_TRUE(Call(&Stub::ListEvents, request, &response).ok());
    std::vector<std::string> texts;
    for (const v1::Event& event : response.events()) {
      EXPECT_EQ(event.author(), author_);
      texts.push_back(event.text());
    }
    return texts;
  }

  std::string author_ = "alice";
  v1::UpdateConfigResponse updated_;
};

TEST_F(AdminConfig, TheHistorySaysWhoChangedWhat) {
  clock_.Advance(60s);
  ASSERT_TRUE(Update(FailuresAre(7, 1)).ok());
  clock_.Advance(60s);
  author_ = "bob";
  ASSERT_TRUE(Update(FailuresAre(5, 2)).ok());
  clock_.Advance(60s);
  const auto history = History();
  ASSERT_THAT(history, SizeIs(3));
  EXPECT_EQ(history[0].generation(), 1u);
  EXPECT_EQ(history[0].source(), "CODE");
  EXPECT_EQ(history[0].age().seconds(), 180);
  EXPECT_THAT(history[0].changes(), IsEmpty());
  EXPECT_EQ(history[1].source(), "OPERATOR");
  EXPECT_EQ(history[1].author(), "alice");
  EXPECT_EQ(history[1].age().seconds(), 120);
  ASSERT_THAT(history[1].changes(), SizeIs(1));
  EXPECT_EQ(history[1].changes(0).field(), "consecutiveFailures");
  EXPECT_EQ(history[1].changes(0).before(), "5");
  EXPECT_EQ(history[1].changes(0).after(), "7");
  EXPECT_EQ(history[1].same_as(), 0u);
  EXPECT_EQ(history[2].author(), "bob");
  EXPECT_EQ(history[2].same_as(), 1u) << "it is the first config again";
}

TEST_F(AdminConfig, APastConfigCanBeReadUntilItIsNoLongerKept) {
  for (uint64_t i = 1; i < 20; ++i) {
    ASSERT_TRUE(Update(FailuresAre(static_cast<uint32_t>(100 + i), i)).ok());
  }
  EXPECT_THAT(History(), SizeIs(16));
  v1::GetConfigResponse old;
  ASSERT_TRUE(
      Call(&Stub::GetConfig, Parse<v1::GetConfigRequest>("generation: 5"), &old)
          .ok());
  EXPECT_EQ(old.generation(), 5u);
  EXPECT_EQ(old.config().default_policy().consecutive_failures(), 104u);
  const grpc::Status gone = Call(
      &Stub::GetConfig, Parse<v1::GetConfigRequest>("generation: 4"), &old);
  EXPECT_EQ(gone.error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(gone.error_message(),
            "generation: must be one that is kept, 5 to 20, is 4");
}

TEST_F(AdminConfig, ACheckSaysWhatWouldChangeForWhichBreakers) {
  Method("/shop.v1.Cart/Get");
  Method("/shop.v1.Cart/Add");
  Method("/other.S/M");
  auto request = Parse<v1::UpdateConfigRequest>(R"(
      generation: 1
      config { method_policy { name { service: "shop.v1.Cart" }
                               policy { consecutive_failures: 9 } } })");
  ASSERT_TRUE(Check(request).ok());
  EXPECT_EQ(updated_.generation(), 1u);
  EXPECT_FALSE(updated_.unchanged());
  ASSERT_THAT(updated_.changes(), SizeIs(1));
  EXPECT_EQ(updated_.changes(0).name(), "/shop.v1.Cart/");
  EXPECT_EQ(updated_.changes(0).after(), "9");
  ASSERT_THAT(updated_.changes(0).breakers(), SizeIs(2));
  EXPECT_EQ(updated_.changes(0).breakers(0).method(), "/shop.v1.Cart/Add");
  EXPECT_EQ(updated_.changes(0).breakers(1).method(), "/shop.v1.Cart/Get");
  EXPECT_EQ(registry_->config_generation(), 1u);

  request.mutable_config()
      ->mutable_default_policy()
      ->mutable_open_duration()
      ->set_seconds(-1);
  EXPECT_EQ(Check(request).error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(registry_->config_errors(), 0u) << "nobody tried to use it";
}

TEST_F(AdminConfig, AConfigThatIsInForceAlreadyMakesNoGeneration) {
  ASSERT_TRUE(Update(FailuresAre(5, 1)).ok());
  EXPECT_TRUE(updated_.unchanged());
  EXPECT_EQ(updated_.generation(), 1u);
  EXPECT_EQ(registry_->config_generation(), 1u);
  EXPECT_THAT(Texts("CONFIG_UPDATED"), IsEmpty());
}

TEST_F(AdminConfig, TheLogSaysWhatChangedAndWhoDidIt) {
  ASSERT_TRUE(Update(FailuresAre(7, 1)).ok());
  EXPECT_THAT(Texts("CONFIG_UPDATED"),
              ElementsAre("config 2 is in force, by alice: "
                          "defaultPolicy.consecutiveFailures: 5 -> 7"));
}

TEST_F(AdminConfig, AFollowedFileIsReplacedOnlyUntilItChanges) {
  const std::string path =
      testing::TempDir() + "/followed." + std::to_string(getpid()) + ".json";
  std::ofstream(path) << R"({"defaultPolicy": {"consecutiveFailures": 6}})";
  ConfigFile::Options options;
  options.period = 1h;
  const auto file = ConfigFile::Watch(path, registry_, options);
  ASSERT_TRUE(file.ok()) << file.status();
  const uint64_t of_file = registry_->config_generation();
  EXPECT_EQ(registry_->followed_file(), path);

  v1::UpdateConfigRequest request = FailuresAre(7, of_file);
  const grpc::Status refused = Update(request);
  EXPECT_EQ(refused.error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(
      refused.error_message(),
      AllOf(StartsWith("until_file_changes: must be true"), HasSubstr(path)));
  EXPECT_EQ(registry_->config_generation(), of_file);

  request.set_until_file_changes(true);
  ASSERT_TRUE(Update(request).ok());
  EXPECT_EQ(registry_->config_generation(), of_file + 1);
  ASSERT_TRUE((*file)->Check().ok());
  EXPECT_EQ(registry_->config_generation(), of_file + 1)
      << "the file has not changed";

  std::ofstream(path) << R"({"defaultPolicy": {"consecutiveFailures": 8}})";
  ASSERT_TRUE((*file)->Check().ok());
  author_ = path;
  EXPECT_EQ(registry_->config_in_force().origin.name, path);
  registry_->WaitForListeners();
  v1::ListEventsResponse events;
  ASSERT_TRUE(
      Call(&Stub::ListEvents, Parse<v1::ListEventsRequest>("limit: 1"), &events)
          .ok());
  EXPECT_EQ(events.events(0).text(),
            "config " + std::to_string(of_file + 2) + " is in force, from " +
                path +
                ": defaultPolicy.consecutiveFailures: 7 -> 8; this undoes "
                "config " +
                std::to_string(of_file + 1) + " of alice");
  unlink(path.c_str());
}

TEST_F(AdminConfig, AFileThatNobodyFollowsAnyMoreDoesNotProtectItsConfig) {
  const std::string path =
      testing::TempDir() + "/left." + std::to_string(getpid()) + ".json";
  std::ofstream(path) << "{}";
  ConfigFile::Watch(path, registry_, {}).value().reset();
  unlink(path.c_str());
  EXPECT_TRUE(Update(FailuresAre(7, registry_->config_generation())).ok());
}

TEST_F(AdminConfig, ModesSayWhoSetThemForHowLongAndThatTheyExpired) {
  Method();
  SetMode("filter {} mode: FORCED_OPEN time_limit { seconds: 600 }");
  clock_.Advance(60s);
  SetMode("filter {} mode: FORCED_OPEN time_limit { seconds: 120 }");
  v1::Breaker held = One();
  EXPECT_EQ(held.operator_mode_author(), "alice");
  EXPECT_EQ(held.operator_mode_age().seconds(), 60) << "since it was set";
  EXPECT_EQ(held.operator_mode_left().seconds(), 120);
  clock_.Advance(120s);
  held = One();
  EXPECT_FALSE(held.has_operator_mode_age());
  SetMode("filter {} mode: DRY_RUN");
  SetMode("filter {}");
  SetMode("filter {}");  // there is nothing to clear
  EXPECT_THAT(
      Texts("MODE"),
      ElementsAre(
          HasSubstr("mode FORCED_OPEN, CLOSED: set for 10m by alice"),
          HasSubstr("mode FORCED_OPEN, CLOSED: renewed for 2m by alice"),
          HasSubstr("mode ENFORCE, CLOSED: expired after 2m, was set by alice"),
          HasSubstr("mode DRY_RUN, CLOSED: set by alice"),
          HasSubstr("mode ENFORCE, CLOSED: cleared by alice")));
}

TEST_F(AdminConfig, AResetSaysWhoDidIt) {
  Open();
  v1::ResetBreakersResponse response;
  ASSERT_TRUE(Call(&Stub::ResetBreakers,
                   Parse<v1::ResetBreakersRequest>("filter {}"), &response)
                  .ok());
  registry_->WaitForListeners();
  v1::ListEventsResponse events;
  ASSERT_TRUE(
      Call(&Stub::ListEvents, Parse<v1::ListEventsRequest>("limit: 1"), &events)
          .ok());
  EXPECT_EQ(events.events(0).author(), "alice");
  EXPECT_EQ(events.events(0).action(), "RESET");
  EXPECT_THAT(events.events(0).text(), testing::EndsWith("by alice"));
}

TEST_F(AdminConfig, OnAUnixSocketTheUserAtItsOtherEndIsTheAuthor) {
  char directory[] = "/tmp/fusebox-author-XXXXXX";
  ASSERT_NE(mkdtemp(directory), nullptr);
  const std::string address = std::string("unix:") + directory + "/admin.sock";
  admin_ = *AdminServer::Create(registry_, address, Writable());
  stub_ = v1::BreakerAdmin::NewStub(
      grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  ASSERT_TRUE(Update(FailuresAre(7, 1)).ok());
  EXPECT_EQ(registry_->config_in_force().origin.name, ThisUser());
  admin_.reset();
  rmdir(directory);
}

TEST_F(AdminConfig, OnATcpConnectionNobodyKnowsTheAuthor) {
  Serve(Writable());
  ASSERT_TRUE(Update(FailuresAre(7, 1)).ok());
  EXPECT_EQ(registry_->config_in_force().origin.name, "");
  author_ = "";
  EXPECT_THAT(Texts("CONFIG_UPDATED"),
              ElementsAre(HasSubstr("in force, by an operator: ")));
}

}  // namespace
}  // namespace fusebox::internal
