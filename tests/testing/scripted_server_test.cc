// The server does what it is told, for calls of all shapes.

#include "fusebox/testing/scripted_server.h"

#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "fusebox/testing/tcp_gate.h"
#include "tests/grpc/echo.grpc.pb.h"
#include "tests/grpc/grpc_library.h"  // IWYU pragma: keep

namespace fusebox {
namespace {

using grpc::StatusCode;
using test::Echo;
using test::Text;
using testing::ElementsAre;

Text MakeText(const std::string& text) {
  Text message;
  message.set_text(text);
  return message;
}

std::vector<std::string> Serialized(const std::vector<std::string>& texts) {
  std::vector<std::string> messages;
  for (const std::string& text : texts) {
    messages.push_back(MakeText(text).SerializeAsString());
  }
  return messages;
}

template <typename Stream>
std::string ReadOne(Stream& stream) {
  Text text;
  return stream->Read(&text) ? text.text() : "(over)";
}

template <typename Stream>
std::vector<std::string> ReadAll(Stream& stream) {
  std::vector<std::string> texts;
  for (Text text; stream->Read(&text);) texts.push_back(text.text());
  return texts;
}

// Waits until the client has noticed that its connection is no good.
bool LeavesReady(grpc::Channel& channel) {
  return channel.WaitForStateChange(
      GRPC_CHANNEL_READY,
      std::chrono::system_clock::now() + std::chrono::seconds(30));
}

class ScriptedServerTest : public testing::Test {
 protected:
  // A server stream.
  auto Repeat() { return stub_->Repeat(&context_, MakeText("hello")); }

  ScriptedServer server_;
  TcpGate gate_{server_.address()};
  std::shared_ptr<grpc::Channel> channel_ =
      grpc::CreateChannel(gate_.address(), grpc::InsecureChannelCredentials());
  std::unique_ptr<Echo::Stub> stub_ = Echo::NewStub(channel_);
  grpc::ClientContext context_;
};

TEST_F(ScriptedServerTest, EchoesEachRequestOfABidiStream) {
  const auto stream = stub_->Chat(&context_);
  for (const char* text : {"a", "b", "c"}) {
    EXPECT_TRUE(stream->Write(MakeText(text)));
    EXPECT_EQ(ReadOne(stream), text);
  }
  stream->WritesDone();
  EXPECT_EQ(ReadOne(stream), "(over)");
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(ScriptedServerTest, EchoesTheLastRequestOfAClientStream) {
  server_.Respond(ScriptedReply::EchoLast());
  Text reply;
  const auto stream = stub_->Collect(&context_, &reply);
  for (const char* text : {"a", "b", "c"}) stream->Write(MakeText(text));
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(reply.text(), "c");
}

TEST_F(ScriptedServerTest, AnswersAClientStreamAfterItsLastRequest) {
  server_.Respond(ScriptedReply::Bytes(MakeText("all").SerializeAsString())
                      .AfterLastRequest());
  Text reply;
  const auto stream = stub_->Collect(&context_, &reply);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(stream->Write(MakeText("part")));
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(reply.text(), "all");
}

TEST_F(ScriptedServerTest, SendsMessagesThenStatusAndTrailers) {
  server_.Respond(ScriptedReply::Messages(Serialized({"a", "b"}))
                      .WithStatus({StatusCode::ABORTED, "enough", "details"})
                      .WithTrailer("from", "server"));
  const auto stream = Repeat();
  EXPECT_THAT(ReadAll(stream), ElementsAre("a", "b"));
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), StatusCode::ABORTED);
  EXPECT_EQ(status.error_message(), "enough");
  EXPECT_EQ(status.error_details(), "details");
  EXPECT_EQ(context_.GetServerTrailingMetadata().find("from")->second,
            "server");
}

TEST_F(ScriptedServerTest, BreaksAStreamAfterSomeMessages) {
  server_.Respond(ScriptedReply::Messages(Serialized({"a", "b", "c"}))
                      .BreakAfter(2, {StatusCode::UNAVAILABLE, "gone"}));
  const auto stream = Repeat();
  EXPECT_THAT(ReadAll(stream), ElementsAre("a", "b"));
  EXPECT_EQ(stream->Finish().error_message(), "gone");
}

TEST_F(ScriptedServerTest, BreaksAStreamOfEchoes) {
  server_.Respond(
      ScriptedReply::Echo().BreakAfter(1, {StatusCode::UNAVAILABLE, "gone"}));
  const auto stream = stub_->Chat(&context_);
  stream->Write(MakeText("a"));
  stream->Write(MakeText("b"));
  EXPECT_THAT(ReadAll(stream), ElementsAre("a"));
  EXPECT_EQ(stream->Finish().error_message(), "gone");
}

TEST_F(ScriptedServerTest, AStreamThatHangsGoesOnWhenReleased) {
  server_.Respond(ScriptedReply::Messages(Serialized({"a", "b"})).HangAfter(1));
  const auto stream = Repeat();
  EXPECT_EQ(ReadOne(stream), "a");
  server_.WaitForHung(1);
  server_.ReleaseHung();
  EXPECT_EQ(ReadOne(stream), "b");
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(ScriptedServerTest, AResetOnTheWayEndsACallAndTheNextOnePasses) {
  server_.Enqueue(ScriptedReply::Hang());
  const auto stream = Repeat();
  server_.WaitForCalls(1);
  gate_.ResetConnections();
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::UNAVAILABLE);
  EXPECT_TRUE(LeavesReady(*channel_));
  grpc::ClientContext context;
  Text reply;
  EXPECT_TRUE(stub_->Say(&context, MakeText("hello"), &reply).ok());
  EXPECT_EQ(gate_.connections(), 2u);
}

TEST_F(ScriptedServerTest, AfterGoAwayStreamsGoOnAndCallsUseANewConnection) {
  const auto stream = stub_->Chat(&context_);
  stream->Write(MakeText("before"));
  EXPECT_EQ(ReadOne(stream), "before");
  server_.GoAway();
  EXPECT_TRUE(LeavesReady(*channel_));

  grpc::ClientContext context;
  Text reply;
  EXPECT_TRUE(stub_->Say(&context, MakeText("hello"), &reply).ok());
  EXPECT_EQ(gate_.connections(), 2u);

  stream->Write(MakeText("after"));
  EXPECT_EQ(ReadOne(stream), "after");
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST(ScriptedServer, EndsCallsThatHangOrWereLeftBehindByGoAway) {
  auto server = std::make_unique<ScriptedServer>();
  const auto channel = grpc::CreateChannel(server->address(),
                                           grpc::InsecureChannelCredentials());
  const auto stub = Echo::NewStub(channel);
  grpc::ClientContext idle_context;
  const auto idle = stub->Chat(&idle_context);
  idle->Write(MakeText("a"));
  EXPECT_EQ(ReadOne(idle), "a");
  server->GoAway();
  EXPECT_TRUE(LeavesReady(*channel));
  server->Respond(ScriptedReply::Hang());
  grpc::ClientContext hung_context;
  const auto hung = stub->Chat(&hung_context);
  hung->Write(MakeText("a"));
  server->WaitForHung(1);
  server = nullptr;
  EXPECT_FALSE(idle->Finish().ok());
  EXPECT_FALSE(hung->Finish().ok());
}

}  // namespace
}  // namespace fusebox
