// Which calls a stale cache treats as equal, how long it keeps their replies,
// and for whom.

#include "fusebox/grpc/stale_cache.h"

#include <google/protobuf/struct.pb.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/grpc/internal/call_fallback.h"
#include "fusebox/grpc/rejection.h"
#include "tests/grpc/echo.grpc.pb.h"
#include "tests/grpc/fake_batch.h"
#include "tests/grpc/fallback_test.h"

namespace fusebox::internal {
namespace {

using std::chrono::seconds;
using Metadata = std::multimap<std::string, std::string>;

class StaleCacheTest : public FallbackFixture, public testing::Test {
 protected:
  StaleCacheTest() : FallbackFixture(Transport::kInProcess) {}

  std::shared_ptr<TextCache> Cached(StaleCacheOptions options = {}) {
    auto cache = NewCache(std::move(options));
    Use(Fallbacks().On(kSay, cache));
    return cache;
  }

  // Sends `text` and returns the reply, or nothing if the call was rejected.
  using Prepare = std::function<void(grpc::ClientContext&)>;
  std::optional<std::string> Say(const std::string& text,
                                 const Prepare& prepare = nullptr) {
    return SayOn(guarded_->channel(), text, prepare);
  }
  std::optional<std::string> SayOn(
      const std::shared_ptr<grpc::Channel>& channel, const std::string& text,
      const Prepare& prepare = nullptr) {
    grpc::ClientContext context;
    if (prepare) prepare(context);
    Text reply;
    const grpc::Status status =
        test::Echo::NewStub(channel)->Say(&context, MakeText(text), &reply);
    EXPECT_TRUE(status.ok() || IsRejection(status)) << status.error_message();
    const bool forced = guarded_->Now(kSay).mode == Mode::kForcedOpen;
    EXPECT_EQ(GetFallback(context).has_value(), status.ok() && forced);
    if (!status.ok()) return std::nullopt;
    return reply.text();
  }

  // Lets the server answer `text` with `answer`, so that the cache stores it.
  void Learn(const std::string& text, const std::string& answer,
             const Prepare& prepare = nullptr) {
    Serve(answer);
    EndForce();
    EXPECT_EQ(Say(text, prepare), answer);
    ForceOpen();
  }
};

TEST_F(StaleCacheTest, AnswersWithTheLastGoodResponse) {
  Cached();
  Learn("a", "first");
  EXPECT_EQ(Say("a"), "first");
  Learn("a", "second");
  EXPECT_EQ(Say("a"), "second");
  EXPECT_EQ(Say("a"), "second");  // it answers any number of times
}

// This holds even if the response has a message, and whether or not its status
// counts as a failure.
TEST_F(StaleCacheTest, OnlyAGoodResponseIsStored) {
  auto cache = Cached();
  Learn("a", "good");
  EndForce();
  const std::string bytes = MakeText("bad").SerializeAsString();
  for (const auto code :
       {grpc::StatusCode::NOT_FOUND, grpc::StatusCode::INTERNAL}) {
    server_.Enqueue(ScriptedReply::Bytes(bytes).WithStatus({code, ""}));
    server_.Enqueue(ScriptedReply::Error(code));
  }
  server_.Enqueue(ScriptedReply::NoMessage());
  server_.Enqueue(ScriptedReply::Bytes("\xff\xff\xff"));
  for (int i = 0; i < 6; ++i) {
    grpc::ClientContext context;
    Text reply;
    EXPECT_FALSE(test::Echo::NewStub(guarded_->channel())
                     ->Say(&context, MakeText("a"), &reply)
                     .ok());
  }
  ForceOpen();
  EXPECT_EQ(Say("a"), "good");
  EXPECT_EQ(cache->entries(), 1u);
}

TEST_F(StaleCacheTest, DifferentRequestsAreDistinguished) {
  Cached();
  Learn("a", "for a");
  Learn("b", "for b");
  EXPECT_EQ(Say("a"), "for a");
  EXPECT_EQ(Say("b"), "for b");
  EXPECT_EQ(Say("c"), std::nullopt);
  EXPECT_EQ(Say(""), std::nullopt);
}

TEST_F(StaleCacheTest, AnEmptyResponseIsStoredToo) {
  Cached();
  Learn("a", "");
  EXPECT_EQ(Say("a"), "");
}

// The cache does not store its own answers again.
TEST_F(StaleCacheTest,
       AResponseExpiresAfterItsTimeToLiveHoweverOftenItAnswers) {
  EXPECT_EQ(StaleCacheOptions().ttl, seconds(300));
  StaleCacheOptions options;
  options.ttl = seconds(10);
  Cached(options);
  Learn("a", "good");
  clock_.Advance(seconds(10) - Duration(1));
  EXPECT_EQ(Say("a"), "good");
  clock_.Advance(Duration(1));
  EXPECT_EQ(Say("a"), std::nullopt);
}

TEST_F(StaleCacheTest, KeepsAtMostTheMaximumOfEntriesAndOfBytes) {
  StaleCacheOptions options;
  options.max_entries = 2;
  options.max_bytes = 2 * (LruStore::kEntryOverhead + 1000);
  auto cache = Cached(options);
  Learn("a", "for a");
  Learn("b", "for b");
  EXPECT_EQ(Say("a"), "for a");  // now recently used
  Learn("c", "for c");
  EXPECT_EQ(Say("b"), std::nullopt);
  EXPECT_EQ(Say("a"), "for a");
  EXPECT_EQ(cache->entries(), 2u);
  Learn("d", std::string(1900, 'x'));
  EXPECT_EQ(Say("d"), std::string(1900, 'x'));
  Learn("e", std::string(3000, 'x'));
  EXPECT_EQ(Say("e"), std::nullopt);
  EXPECT_NE(Say("d"), std::nullopt);
  EXPECT_GT(cache->bytes(), 1900 + LruStore::kEntryOverhead);
  EXPECT_LE(cache->bytes(), options.max_bytes);
}

TEST_F(StaleCacheTest, ClearRemovesEverything) {
  auto cache = Cached();
  Learn("a", "good");
  EXPECT_EQ(cache->entries(), 1u);
  cache->Clear();
  EXPECT_EQ(cache->entries(), 0u);
  EXPECT_EQ(Say("a"), std::nullopt);
}

TEST_F(StaleCacheTest, CallsWithDifferentMetadataAreDistinguished) {
  Cached();
  const auto of = [](const char* tenant) {
    return [=](grpc::ClientContext& c) { c.AddMetadata("tenant", tenant); };
  };
  Learn("a", "for ann", of("ann"));
  EXPECT_EQ(Say("a", of("ann")), "for ann");
  EXPECT_EQ(Say("a", of("bob")), std::nullopt);
  EXPECT_EQ(Say("a"), std::nullopt);
  EXPECT_EQ(Say("a", [](grpc::ClientContext& c) { c.AddMetadata("t", "ann"); }),
            std::nullopt);
}

TEST_F(StaleCacheTest, AChannelDoesNotGetTheResponsesOfAnotherChannel) {
  const Fallbacks fallbacks = Fallbacks().On(kSay, NewCache());
  Use(fallbacks);
  const auto first = guarded_->channel();
  guarded_->Reconnect(server_);  // with the same table
  const auto second = guarded_->channel();
  Reconnect(fallbacks);  // with its own table
  const auto third = guarded_->channel();
  Serve("for the first");
  EXPECT_EQ(SayOn(first, "a"), "for the first");
  ForceOpen();
  EXPECT_EQ(SayOn(second, "a"), std::nullopt);
  EXPECT_EQ(SayOn(third, "a"), std::nullopt);
  EXPECT_EQ(SayOn(first, "a"), "for the first");
}

// A new channel may have the same address as a destroyed one.
TEST_F(StaleCacheTest, AChannelDoesNotGetTheResponsesOfADestroyedChannel) {
  Cached();
  Serve("good");
  for (int round = 0; round < 4; ++round) {
    std::vector<std::shared_ptr<grpc::Channel>> channels;
    for (int i = 0; i < 16; ++i) {
      guarded_->Reconnect(server_);
      channels.push_back(guarded_->channel());
    }
    ForceOpen();
    for (const auto& channel : channels) {
      EXPECT_EQ(SayOn(channel, "a"), std::nullopt);
    }
    EndForce();
    for (const auto& channel : channels) EXPECT_EQ(SayOn(channel, "a"), "good");
    guarded_->CloseChannel();
  }
}

TEST_F(StaleCacheTest, AResponseThatAClassifierFailsIsNotStored) {
  auto cache = Cached();
  guarded_->options.classifier = [](const FinishedCall&) {
    return std::optional<Outcome>(Outcome::kFailure);
  };
  guarded_->Reconnect(server_);
  Serve("try later");
  EXPECT_EQ(Say("a"), "try later");
  EXPECT_EQ(cache->entries(), 0u);
}

TEST_F(StaleCacheTest, CallsOfDifferentBreakersAreDistinguished) {
  std::string tenant = "ann";
  Cached();
  guarded_->options.key = [&](const CallInfo&) { return tenant; };
  guarded_->Reconnect(server_);
  Serve("for ann");
  EXPECT_EQ(Say("a"), "for ann");
  Config forced;
  forced.default_policy.mode = Mode::kForcedOpen;
  ASSERT_TRUE(guarded_->registry()->Update(forced).ok());
  EXPECT_EQ(Say("a"), "for ann");
  tenant = "bob";
  EXPECT_EQ(Say("a"), std::nullopt);
}

TEST_F(StaleCacheTest, TheIdentityReplacesMetadataAndCredentials) {
  StaleCacheOptions options;
  options.identity =
      [](grpc::ClientContext&,
         const Metadata& metadata) -> std::optional<std::string> {
    const auto user = metadata.find("user");
    if (user == metadata.end()) return std::nullopt;
    return user->second;
  };
  Cached(options);
  const auto of = [](const char* user, const char* trace, bool credentials) {
    return [=](grpc::ClientContext& context) {
      context.AddMetadata("user", user);
      context.AddMetadata("trace", trace);
      if (credentials) context.set_credentials(SomeCredentials());
    };
  };
  Learn("a", "for ann", of("ann", "1", true));
  EXPECT_EQ(Say("a", of("ann", "2", true)), "for ann");
  EXPECT_EQ(Say("a", of("ann", "3", false)), "for ann");
  EXPECT_EQ(Say("a", of("bob", "1", true)), std::nullopt);
  Learn("b", "for nobody");
  EXPECT_EQ(Say("b"), std::nullopt);
}

TEST_F(StaleCacheTest, IfTheIdentityFunctionThrowsTheCallIsNotCached) {
  StaleCacheOptions options;
  options.identity = [](grpc::ClientContext&,
                        const Metadata&) -> std::optional<std::string> {
    throw std::runtime_error("who knows");
  };
  auto cache = Cached(options);
  Learn("a", "good");
  EXPECT_EQ(Say("a"), std::nullopt);
  EXPECT_EQ(cache->entries(), 0u);
}

TEST_F(StaleCacheTest, AnApiGetsTheResponsesOfAnotherApi) {
  for (const char* one : {"SyncUnary", "AsyncUnary", "CallbackUnary"}) {
    for (const char* other : {"SyncUnary", "AsyncUnary", "UnaryReactor"}) {
      Cached();
      Serve("good");
      Call(FlavourNamed(one));
      ForceOpen();
      EXPECT_EQ(Call(FlavourNamed(other)).seen.reply(), "good")
          << one << ", then " << other;
    }
  }
}

// --- What an interceptor's hooks show, without a call.

class StaleCacheKeyTest : public testing::Test {
 protected:
  using Hook = FakeBatch::Hook;
  using Struct = google::protobuf::Struct;

  template <typename Request = Text>
  std::optional<std::string> KeyOf(FakeBatch& batch, uint64_t channel = 1,
                                   std::string_view method = "/s/M") {
    return StaleCache<Request, Text>().KeyOf(&batch,
                                             {context_, channel, method});
  }
  static FakeBatch Sending(const google::protobuf::MessageLite& message,
                           Metadata metadata = {}) {
    FakeBatch batch({Hook::PRE_SEND_INITIAL_METADATA, Hook::PRE_SEND_MESSAGE});
    batch.sent_message = &message;
    batch.sent_metadata = std::move(metadata);
    return batch;
  }

  grpc::ClientContext context_;
};

TEST_F(StaleCacheKeyTest, EverythingThatMattersIsInTheKey) {
  const Text a = MakeText("a"), b = MakeText("b");
  FakeBatch plain = Sending(a), other = Sending(b);
  const auto key = KeyOf(plain);
  ASSERT_TRUE(key);
  EXPECT_EQ(KeyOf(plain), key);
  EXPECT_NE(KeyOf(other), key);
  EXPECT_NE(KeyOf(plain, 2), key);
  EXPECT_NE(KeyOf(plain, 1, "/s/N"), key);
}

// No two lists of parts have the same key, wherever the parts begin and end.
TEST_F(StaleCacheKeyTest, PartsCannotBeMistakenForOneAnother) {
  const Text a = MakeText("a");
  const Metadata all[] = {Metadata(),   {{"k", "v"}}, {{"k", "v"}, {"k", "v"}},
                          {{"kv", ""}}, {{"", "kv"}}, {{"k", "v1:k1:v"}},
                          {{"k", "v/"}}};
  std::map<std::string, size_t> keys;
  for (const Metadata& metadata : all) {
    FakeBatch batch = Sending(a, metadata);
    ++keys[*KeyOf(batch)];
  }
  EXPECT_EQ(keys.size(), std::size(all));
}

TEST_F(StaleCacheKeyTest, MapsAreEqualInAnyOrder) {
  Struct one, other;
  for (int i = 0; i < 100; ++i) {
    (*one.mutable_fields())[std::to_string(i)].set_number_value(i);
    (*other.mutable_fields())[std::to_string(99 - i)].set_number_value(99 - i);
  }
  FakeBatch first = Sending(one), second = Sending(other);
  EXPECT_EQ(KeyOf<Struct>(first), KeyOf<Struct>(second));
}

TEST_F(StaleCacheKeyTest, BytesAreParsedAndTheCallKeepsThem) {
  const Text a = MakeText("a");
  grpc::ByteBuffer bytes = Serialize(a);
  FakeBatch typed = Sending(a), serialized = Sending(a);
  serialized.sent_message = nullptr;
  serialized.sent_bytes = &bytes;
  EXPECT_EQ(KeyOf(serialized), KeyOf(typed));
  EXPECT_EQ(Print(bytes), "a");
}

TEST_F(StaleCacheKeyTest, WithoutARequestThereIsNoKey) {
  const Text a = MakeText("a");
  FakeBatch no_metadata({Hook::PRE_SEND_MESSAGE});
  no_metadata.sent_message = &a;
  EXPECT_EQ(KeyOf(no_metadata), std::nullopt);

  FakeBatch no_message({Hook::PRE_SEND_INITIAL_METADATA});
  EXPECT_EQ(KeyOf(no_message), std::nullopt);

  FakeBatch no_bytes = Sending(a);
  no_bytes.sent_message = nullptr;
  EXPECT_EQ(KeyOf(no_bytes), std::nullopt);

  const grpc::Slice slice("\xff\xff\xff");
  grpc::ByteBuffer garbage(&slice, 1);
  no_bytes.sent_bytes = &garbage;
  EXPECT_EQ(KeyOf(no_bytes), std::nullopt);
}

TEST_F(StaleCacheKeyTest,
       CredentialsThatAreSetLaterAreSeenBeforeAResponseIsStored) {
  const Text a = MakeText("a");
  StaleCache<Text, Text> cache;
  FakeBatch batch = Sending(a);
  const StaleCacheBase::Call call = {context_, 1, "/s/M"};
  ASSERT_TRUE(cache.KeyOf(&batch, call));
  EXPECT_NE(cache.BytesOf(&a, call), std::nullopt);
  context_.set_credentials(SomeCredentials());
  EXPECT_EQ(cache.BytesOf(&a, call), std::nullopt);
}

}  // namespace
}  // namespace fusebox::internal
