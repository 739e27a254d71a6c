// The flavours work without a breaker, so they are a sound basis for
// comparison.

#include "tests/grpc/flavours.h"

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/grpc/echo_server.h"

namespace fusebox {
namespace {

using testing::ElementsAre;
using testing::Pair;

class FlavourTest : public testing::TestWithParam<Flavour> {
 protected:
  Seen Call() {
    grpc::ClientContext context;
    return GetParam().Call(server_.InProcessChannel({}), &context);
  }

  EchoServer server_;
};
INSTANTIATE_TEST_SUITE_P(Each, FlavourTest, testing::ValuesIn(Flavours()),
                         [](const auto& row) { return row.param.name; });

TEST_P(FlavourTest, GetsItsRepliesStatusAndTrailers) {
  const Seen seen = Call();
  EXPECT_TRUE(seen.status.ok()) << seen;
  switch (GetParam().shape) {
    case Shape::kUnary:
      EXPECT_THAT(seen.replies, ElementsAre("1"));
      break;
    case Shape::kClientStream:
      EXPECT_THAT(seen.replies, ElementsAre("1 2 3"));
      break;
    case Shape::kServerStream:
      EXPECT_THAT(seen.replies, ElementsAre("1", "1", "1"));
      EXPECT_EQ(seen.returned.at("Read"), "+++-");
      break;
    case Shape::kBidi:
      EXPECT_THAT(seen.replies, ElementsAre("1", "2", "3"));
      EXPECT_EQ(seen.returned.at("Write"), "+++");
      EXPECT_EQ(seen.returned.at("Read"), "+++-");
  }
  EXPECT_THAT(seen.trailers, ElementsAre(Pair("from", "echo")));
  EXPECT_EQ(seen.completions, 1);
  EXPECT_EQ(server_.calls(), 1u);
}

TEST_P(FlavourTest, GetsAFailure) {
  server_.Respond(EchoReply::Fail({grpc::StatusCode::UNAVAILABLE, "down"}));
  const Seen seen = Call();
  EXPECT_EQ(seen.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(seen.status.error_message(), "down");
  EXPECT_THAT(seen.replies, testing::IsEmpty());
  EXPECT_EQ(seen.completions, 1);
}

TEST(Flavours, HaveUniqueNames) {
  std::set<std::string> names;
  for (const Flavour& flavour : Flavours()) names.insert(flavour.name);
  EXPECT_EQ(names.size(), Flavours().size());
  EXPECT_GE(names.size(), 31u);
}

}  // namespace
}  // namespace fusebox
