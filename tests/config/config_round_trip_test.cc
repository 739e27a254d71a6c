// config_round_trip_test.cc: tests for every field of config.proto that a
// config that was written reads back equal.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "fusebox/base/problem.h"
#include "fusebox/config/config_parser.h"
#include "fusebox/config/config_proto.h"
#include "fusebox/config/internal/config_resolver.h"
#include "fusebox/config/internal/json_message.h"
#include "fusebox/config/internal/message_fields.h"
#include "fusebox/policy/config.h"
#include "fusebox/v1/config.pb.h"
#include "tests/config/config_texts.h"
#include "tests/config/message_leaves.h"

namespace fusebox::internal {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using testing::HasSubstr;

// Sets the leaf to one of two values. One of them may be its default.
void Set(Message* message, const LeafPath& path, bool second) {
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    message = message->GetReflection()->MutableMessage(message, path[i]);
  }
  const FieldDescriptor& leaf = *path.back();
  if (leaf.is_repeated()) {
    message->GetReflection()->ClearField(message, &leaf);
    SetEnum(message, leaf, second ? 10 : 14);
    if (second) SetEnum(message, leaf, 16);
    return;
  }
  switch (leaf.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return SetField(message, leaf, second);
    case FieldDescriptor::CPPTYPE_UINT32:
      return SetField(message, leaf, second ? UINT32_MAX : 7u);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return SetField(message, leaf, second ? 0.1 : 1.0 / 3);
    case FieldDescriptor::CPPTYPE_ENUM:
      return SetEnum(message, leaf,
                     second ? leaf.enum_type()->value_count() - 1 : 0);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return SetField(message, leaf, second ? Duration(1) : Duration::max());
    default:
      FAIL() << "what is a value of " << leaf.full_name() << "?";
  }
}

// Returns a policy with every leaf set, and applies `change` to it.
v1::Policy Full(const std::function<void(v1::Policy*)>& change) {
  v1::Policy policy;
  for (const LeafPath& leaf : Leaves(*v1::Policy::descriptor())) {
    Set(&policy, leaf, false);
  }
  change(&policy);
  return policy;
}

Config Resolve(const std::string& json) {
  v1::Config proto;
  Problems problems;
  EXPECT_TRUE(ReadJson(json, &proto, &problems));
  Config config = ResolveConfig(proto, &problems);
  EXPECT_EQ(ToString(problems), "") << json;
  return config;
}

// Returns the config with this default policy after it went through JSON twice.
Config ByJson(const v1::Policy& policy) {
  v1::Config proto;
  *proto.mutable_default_policy() = policy;
  const std::string json = WriteJson(proto);
  const Config config = Resolve(json);
  EXPECT_TRUE(Resolve(ConfigToJson(config)) == config) << json;
  return config;
}

bool IsPreset(const LeafPath& leaf) { return leaf[0]->name() == "preset"; }

TEST(ConfigRoundTrip, EveryFieldIsReadAndWritten) {
  const Config original = ByJson(Full([](v1::Policy*) {}));
  int fields = 0;
  for (const LeafPath& leaf : Leaves(*v1::Policy::descriptor())) {
    if (IsPreset(leaf)) continue;  // nothing is left to be preset
    ++fields;
    const v1::Policy changed =
        Full([&](v1::Policy* policy) { Set(policy, leaf, true); });
    const Config config = ByJson(changed);
    EXPECT_TRUE(config != original) << "lost: " << Print(leaf);
    const std::string json = ConfigToJson(config);
    EXPECT_THAT(json,
                HasSubstr("\"" + std::string(leaf.back()->json_name()) + "\""));
  }
  EXPECT_GE(fields, 29);
}

TEST(ConfigRoundTrip, EveryFieldCanBeGivenAlone) {
  const Descriptor& type = *v1::Policy::descriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    bool differs = false;
    for (const bool second : {false, true}) {
      v1::Policy policy;
      for (const LeafPath& leaf : Leaves(type)) {
        if (leaf[0] == type.field(i)) Set(&policy, leaf, second);
      }
      differs = differs || ByJson(policy) != Config();
    }
    EXPECT_TRUE(differs) << "lost: " << type.field(i)->name();
  }
}

TEST(ConfigRoundTrip, EveryFieldOfAMethodReplacesTheInheritedValue) {
  for (const LeafPath& leaf : Leaves(*v1::Policy::descriptor())) {
    v1::Config proto;
    *proto.mutable_default_policy() = Full([](v1::Policy*) {});
    v1::MethodPolicy& entry = *proto.add_method_policy();
    entry.add_name()->set_service("s");
    *entry.mutable_policy() =
        Full([&](v1::Policy* policy) { Set(policy, leaf, true); });
    const Config config = Resolve(WriteJson(proto));
    EXPECT_EQ(config.method_policy[0].policy != config.default_policy,
              !IsPreset(leaf))
        << Print(leaf);
    EXPECT_TRUE(Resolve(ConfigToJson(config)) == config) << Print(leaf);
  }
}

TEST(ConfigRoundTrip, GoodConfigsReadBackEqual) {
  for (const std::string& json : GoodConfigs()) {
    const std::optional<Config> config = ReadConfig(json);
    ASSERT_TRUE(config) << json << testing::PrintToString(JsonProblems(json));
    EXPECT_TRUE(ReadConfig(ConfigToJson(*config)) == config) << json;
  }
}

TEST(ConfigRoundTrip, AnEmptyListReadsBackEmptyUnderANonEmptyDefault) {
  Config config;
  config.default_policy.failure_codes = {absl::StatusCode::kAborted};
  config.default_policy.ignored_codes = {absl::StatusCode::kNotFound};
  for (const bool of_failures : {false, true}) {
    Policy policy = config.default_policy;
    (of_failures ? policy.failure_codes : policy.ignored_codes).clear();
    config.method_policy.push_back({{{"s", of_failures ? "f" : "i"}}, policy});
  }
  EXPECT_TRUE(ReadConfig(ConfigToJson(config)) == config);
}

TEST(ConfigRoundTrip, NumbersAreShortAndReadBackEqual) {
  Config config;
  config.default_policy.open_backoff = OpenBackoff{2, Duration::max(), 0.1};
  config.default_policy.open_duration = Duration(1);
  config.default_policy.failure_rate = FailureRate{1.0 / 3};
  const std::string json = ConfigToJson(config);
  for (const char* const part :
       {"\"multiplier\": 2,", "\"maxDuration\": \"9223372036.854775807s\"",
        "\"jitter\": 0.1\n", "\"openDuration\": \"0.000000001s\"",
        "\"threshold\": 0.3333333333333333,"}) {
    EXPECT_THAT(json, HasSubstr(part));
  }
  EXPECT_TRUE(ReadConfig(json) == config);
}

TEST(ConfigRoundTrip, AMessageHasEveryField) {
  const v1::Config proto = ConfigToProto(Config());
  const Descriptor& type = *v1::Policy::descriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    EXPECT_EQ(IsPresent(proto.default_policy(), field),
              field.name() != "preset" && !field.is_repeated())
        << field.name();
  }
  Problems problems;
  const absl::StatusOr<Config> config = ConfigFromProto(proto, &problems);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_TRUE(*config == Config());
}

}  // namespace
}  // namespace fusebox::internal
