// Compares the hand-written google.rpc encoding with Protobuf's.

#include "fusebox/grpc/internal/rpc_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>

#include "tests/grpc/rpc_status_shape.pb.h"

namespace fusebox::internal {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;
using testing::Pair;
using testing::UnorderedElementsAre;

RpcStatus Example() {
  RpcStatus status;
  status.code = 14;
  status.message = "circuit open";
  status.error_info =
      ErrorInfo{"CIRCUIT_OPEN", "fusebox", {{"method", "/s/M"}, {"empty", ""}}};
  status.retry_delay = seconds(48) + nanoseconds(5);
  return status;
}

std::string RetryInfo(int64_t whole_seconds, int32_t nanos) {
  test::RetryInfoShape retry;
  retry.mutable_retry_delay()->set_seconds(whole_seconds);
  retry.mutable_retry_delay()->set_nanos(nanos);
  test::StatusShape status;
  test::AnyShape* detail = status.add_details();
  detail->set_type_url("type.googleapis.com/google.rpc.RetryInfo");
  detail->set_value(retry.SerializeAsString());
  return status.SerializeAsString();
}

TEST(RpcStatus, ProtobufReadsWhatIsEncoded) {
  test::StatusShape status;
  ASSERT_TRUE(status.ParseFromString(EncodeRpcStatus(Example())));
  EXPECT_EQ(status.code(), 14);
  EXPECT_EQ(status.message(), "circuit open");
  ASSERT_EQ(status.details_size(), 2);

  EXPECT_EQ(status.details(0).type_url(),
            "type.googleapis.com/google.rpc.ErrorInfo");
  test::ErrorInfoShape info;
  ASSERT_TRUE(info.ParseFromString(status.details(0).value()));
  EXPECT_EQ(info.reason(), "CIRCUIT_OPEN");
  EXPECT_EQ(info.domain(), "fusebox");
  EXPECT_THAT(info.metadata(),
              UnorderedElementsAre(Pair("method", "/s/M"), Pair("empty", "")));

  EXPECT_EQ(status.details(1).type_url(),
            "type.googleapis.com/google.rpc.RetryInfo");
  test::RetryInfoShape retry;
  ASSERT_TRUE(retry.ParseFromString(status.details(1).value()));
  EXPECT_EQ(retry.retry_delay().seconds(), 48);
  EXPECT_EQ(retry.retry_delay().nanos(), 5);
}

TEST(RpcStatus, DecodingReturnsWhatWasEncoded) {
  const auto decoded = DecodeRpcStatus(EncodeRpcStatus(Example()));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->code, 14);
  EXPECT_EQ(decoded->message, "circuit open");
  ASSERT_TRUE(decoded->error_info);
  EXPECT_EQ(decoded->error_info->reason, "CIRCUIT_OPEN");
  EXPECT_EQ(decoded->error_info->domain, "fusebox");
  EXPECT_EQ(decoded->error_info->metadata, Example().error_info->metadata);
  EXPECT_EQ(decoded->retry_delay, Example().retry_delay);
}

TEST(RpcStatus, AStatusWithoutDetailsHasNone) {
  const auto decoded = DecodeRpcStatus(EncodeRpcStatus({5, "no such", {}, {}}));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->code, 5);
  EXPECT_FALSE(decoded->error_info);
  EXPECT_FALSE(decoded->retry_delay);
  EXPECT_TRUE(DecodeRpcStatus(""));
}

TEST(RpcStatus, DelaysOfEitherSignAreRead) {
  EXPECT_EQ(DecodeRpcStatus(RetryInfo(3, 500'000'000))->retry_delay,
            nanoseconds(3'500'000'000));
  EXPECT_EQ(DecodeRpcStatus(RetryInfo(-2, -1))->retry_delay,
            nanoseconds(-2'000'000'001));
  EXPECT_EQ(DecodeRpcStatus(RetryInfo(0, 0))->retry_delay, nanoseconds(0));
}

TEST(RpcStatus, DelaysThatADurationCannotHoldAreLeftOut) {
  for (const int64_t whole : {INT64_MAX, INT64_MIN, INT64_C(9'223'372'036)}) {
    const auto decoded = DecodeRpcStatus(RetryInfo(whole, 0));
    ASSERT_TRUE(decoded);
    EXPECT_FALSE(decoded->retry_delay) << whole;
  }
  EXPECT_FALSE(DecodeRpcStatus(RetryInfo(1, 1'000'000'000))->retry_delay);
}

TEST(RpcStatus, OtherFieldsAndDetailsAreSkipped) {
  test::StatusShape status;
  ASSERT_TRUE(status.ParseFromString(EncodeRpcStatus(Example())));
  test::AnyShape* other = status.add_details();
  other->set_type_url("type.googleapis.com/google.rpc.Help");
  other->set_value("\xff\xff");
  std::string bytes = status.SerializeAsString();
  bytes += "\x78\x05";                        // field 15, varint
  bytes += std::string("\x79") + "12345678";  // field 15, fixed64
  bytes += std::string("\x7d") + "1234";      // field 15, fixed32
  EXPECT_EQ(DecodeRpcStatus(bytes)->retry_delay, Example().retry_delay);
}

TEST(RpcStatus, ATruncatedStatusIsRefusedOrReadInPart) {
  const std::string whole = EncodeRpcStatus(Example());
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto decoded = DecodeRpcStatus(whole.substr(0, size));
    EXPECT_FALSE(decoded && decoded->retry_delay) << size;
  }
}

TEST(RpcStatus, AVarintOrALengthThatNeverEndsIsRefused) {
  EXPECT_FALSE(DecodeRpcStatus("\x08" + std::string(20, '\xff')));
  EXPECT_FALSE(DecodeRpcStatus("\x08\xff"));
  EXPECT_FALSE(DecodeRpcStatus("\x12\xff\xff\xff\xff\xff\xff\xff\xff\x7f"));
}

// Returns the delay of the first RetryInfo as Protobuf reads it.
std::optional<nanoseconds> DelayIn(const test::StatusShape& status) {
  for (const test::AnyShape& detail : status.details()) {
    const std::string& type = detail.type_url();
    test::RetryInfoShape retry;
    if (type.substr(type.rfind('/') + 1) == "google.rpc.RetryInfo" &&
        retry.ParseFromString(detail.value()) && retry.has_retry_delay()) {
      return seconds(retry.retry_delay().seconds()) +
             nanoseconds(retry.retry_delay().nanos());
    }
  }
  return std::nullopt;
}

// If the hand-written reader accepts bytes, Protobuf accepts them too and reads
// the same values.
TEST(RpcStatus, MutatedBytesAreReadAsProtobufReadsThem) {
  std::mt19937 random(20'240'101);
  const std::string good = EncodeRpcStatus(Example());
  int read_by_both = 0;
  int delays = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = good;
    for (auto n = 1 + random() % 3; n > 0; --n) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    const auto decoded = DecodeRpcStatus(bytes);
    test::StatusShape status;
    if (!status.ParseFromString(bytes) || !decoded) continue;
    ++read_by_both;
    EXPECT_EQ(decoded->message, status.message());
    EXPECT_EQ(decoded->code, status.code());
    if (!decoded->retry_delay) continue;
    ++delays;
    EXPECT_EQ(decoded->retry_delay, DelayIn(status)) << i;
  }
  EXPECT_GT(read_by_both, 1'000);
  EXPECT_GT(delays, 1'000);
}

// The input is random bytes, and pieces of valid messages in any order.
TEST(RpcStatus, AnyBytesAreReadSafely) {
  std::mt19937 random(20'241'125);
  const std::string good = EncodeRpcStatus(Example());
  int decoded = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string bytes;
    for (auto n = random() % 5; n > 0; --n) {
      if (random() % 2 == 0) {
        bytes += good.substr(random() % good.size(), random() % good.size());
      } else {
        for (auto m = random() % 20; m > 0; --m) {
          bytes += static_cast<char>(random());
        }
      }
    }
    const auto status = DecodeRpcStatus(bytes);
    if (!status) continue;
    ++decoded;
    ASSERT_LE(status->message.size(), bytes.size());
  }
  EXPECT_GT(decoded, 100);
}

}  // namespace
}  // namespace fusebox::internal
