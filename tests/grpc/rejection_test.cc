// The status of a rejection, created in this process or passed on by a server.

#include "fusebox/grpc/rejection.h"

#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fusebox/grpc/internal/rejection_status.h"
#include "fusebox/grpc/internal/rpc_status.h"
#include "fusebox/policy/rejection_text.h"

namespace fusebox::internal {
namespace {

using std::chrono::seconds;

class RejectionTest : public testing::Test {
 protected:
  grpc::Status Make(const Rejection& rejection) {
    return MakeRejectionStatus({"dns:///cart", "/shop.Cart/Pay", ""},
                               absl::StatusCode::kUnavailable, rejection);
  }

  // Returns the status as a server in another process would send it.
  static grpc::Status FromElsewhere(const grpc::Status& status) {
    auto details = DecodeRpcStatus(status.error_details());
    details->error_info->metadata["nonce"] = "of another process";
    return {status.error_code(), status.error_message(),
            EncodeRpcStatus(*details)};
  }

  const Rejection open_ = {RejectionReason::kOpen,
                           State::kOpen,
                           seconds(3),
                           {TransitionReason::kConsecutiveFailures, 5, {}}};
};

TEST_F(RejectionTest, TheDetailsOfARejectionAreAGoogleRpcStatus) {
  const grpc::Status status = Make(open_);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  const auto details = DecodeRpcStatus(status.error_details());
  ASSERT_TRUE(details);
  EXPECT_EQ(details->code, 14);
  EXPECT_EQ(details->message, status.error_message());
  EXPECT_EQ(details->error_info->reason, "CIRCUIT_OPEN");
  EXPECT_EQ(details->error_info->domain, "fusebox");
  EXPECT_EQ(details->error_info->metadata.at("method"), "/shop.Cart/Pay");
  EXPECT_EQ(details->error_info->metadata.at("target"), "dns:///cart");
  EXPECT_EQ(details->error_info->metadata.at("state"), "OPEN");
  EXPECT_EQ(details->error_info->metadata.at("cause"), "CONSECUTIVE_FAILURES");
  EXPECT_EQ(details->error_info->metadata.at("nonce").size(), 32u);
  EXPECT_EQ(details->retry_delay, seconds(3));
}

// A thread keeps the parts of the statuses that it made last.
TEST_F(RejectionTest, TheStatusIsTheSameWhetherItsPartsWereMadeBeforeOrNot) {
  std::vector<Rejection> rejections;
  for (int reason = 0; reason < kRejectionReasonCount; ++reason) {
    for (const State state : {State::kClosed, State::kOpen, State::kHalfOpen}) {
      for (const uint32_t failures : {5u, 6u}) {
        for (const std::optional<Duration> retry_after :
             {std::optional<Duration>(),
              {Duration(0)},
              {Duration(1)},
              {seconds(3)},
              {std::chrono::hours(30)}}) {
          rejections.push_back(
              {static_cast<RejectionReason>(reason),
               state,
               retry_after,
               {TransitionReason::kConsecutiveFailures, failures, {}}});
        }
      }
    }
  }
  for (const char* const method : {"/shop.Cart/Pay", "/shop.Cart/Get", ""}) {
    for (const auto code :
         {absl::StatusCode::kUnavailable, absl::StatusCode::kAborted}) {
      for (const Rejection& rejection : rejections) {
        const auto make = [&] {
          return MakeRejectionStatus({"dns:///cart", method, ""}, code,
                                     rejection);
        };
        const grpc::Status first = make();
        const grpc::Status second = make();
        RpcStatus expected;
        expected.code = static_cast<int>(code);
        expected.message = DescribeRejection(method, rejection);
        const std::string reason(Name(rejection.reason));
        const auto nonce = DecodeRpcStatus(first.error_details())
                               ->error_info->metadata.at("nonce");
        expected.error_info =
            ErrorInfo{"CIRCUIT_" + reason,
                      "fusebox",
                      {{"method", method},
                       {"target", "dns:///cart"},
                       {"state", std::string(Name(rejection.state))},
                       {"reason", reason},
                       {"cause", "CONSECUTIVE_FAILURES"},
                       {"nonce", nonce}}};
        expected.retry_delay = rejection.retry_after;
        for (const grpc::Status& status : {first, second}) {
          EXPECT_EQ(static_cast<int>(status.error_code()), expected.code);
          EXPECT_EQ(status.error_message(), expected.message);
          EXPECT_EQ(status.error_details(), EncodeRpcStatus(expected));
        }
      }
    }
  }
}

TEST_F(RejectionTest, ARejectionIsReadBackFromItsStatus) {
  for (const RejectionReason reason :
       {RejectionReason::kOpen, RejectionReason::kProbesBusy,
        RejectionReason::kForcedOpen, RejectionReason::kReconnecting}) {
    for (const std::optional<Duration> wait :
         {std::optional<Duration>(), std::optional<Duration>(seconds(0)),
          std::optional<Duration>(Duration(1))}) {
      const auto info = GetRejection(Make(
          {reason, State::kHalfOpen, wait, {TransitionReason::kOperator}}));
      ASSERT_TRUE(info);
      EXPECT_EQ(info->reason, reason);
      EXPECT_EQ(info->state, State::kHalfOpen);
      EXPECT_EQ(info->method, "/shop.Cart/Pay");
      EXPECT_EQ(info->target, "dns:///cart");
      EXPECT_EQ(info->retry_after, wait);
      EXPECT_TRUE(info->local);
    }
  }
}

TEST_F(RejectionTest, ARejectionFromAServerIsReadButIsNotLocal) {
  const grpc::Status passed_on = FromElsewhere(Make(open_));
  EXPECT_FALSE(IsRejection(passed_on));
  const auto info = GetRejection(passed_on);
  ASSERT_TRUE(info);
  EXPECT_FALSE(info->local);
  EXPECT_EQ(info->reason, RejectionReason::kOpen);
}

TEST_F(RejectionTest, TheTextOfAStatusDoesNotMatter) {
  const grpc::Status status = Make(open_);
  EXPECT_FALSE(GetRejection({status.error_code(), status.error_message(), ""}));
  EXPECT_TRUE(IsRejection(
      {status.error_code(), "another text", status.error_details()}));
}

TEST_F(RejectionTest, OtherStatusesAreNotRejections) {
  EXPECT_FALSE(GetRejection(grpc::Status()));
  EXPECT_FALSE(GetRejection({grpc::StatusCode::UNAVAILABLE, "down"}));
  EXPECT_FALSE(GetRejection({grpc::StatusCode::UNAVAILABLE, "", "\xff\xff"}));
  RpcStatus foreign;
  foreign.error_info = ErrorInfo{"CIRCUIT_OPEN", "elsewhere.example", {}};
  EXPECT_FALSE(GetRejection(
      {grpc::StatusCode::UNAVAILABLE, "", EncodeRpcStatus(foreign)}));
  foreign.error_info = ErrorInfo{"CIRCUIT_OPEN", "fusebox", {}};
  EXPECT_FALSE(GetRejection(
      {grpc::StatusCode::UNAVAILABLE, "", EncodeRpcStatus(foreign)}))
      << "a rejection names its state and reason";
}

}  // namespace
}  // namespace fusebox::internal
