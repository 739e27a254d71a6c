#include "tools/fusebox/policy_table_text.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/base/problem.h"
#include "fusebox/config/config_proto.h"
#include "fusebox/config/internal/json_message.h"
#include "fusebox/config/internal/json_tree.h"
#include "fusebox/core/settings.h"
#include "fusebox/core/types.h"
#include "fusebox/policy/code_classifier.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"
#include "fusebox/policy/status_code.h"

namespace fusebox::tool {
namespace {

void FillIn(Policy* policy) {
  const CodeClassifier classifier(*policy);
  policy->failure_codes.clear();
  policy->ignored_codes.clear();
  for (int code = 1; code < kStatusCodeCount; ++code) {
    const Outcome outcome = classifier.Classify(code);
    if (outcome == Outcome::kSuccess) continue;
    (outcome == Outcome::kFailure ? policy->failure_codes
                                  : policy->ignored_codes)
        .push_back(static_cast<absl::StatusCode>(code));
  }
}

using Kind = internal::JsonValue::Kind;

std::string TextOf(const internal::JsonValue& value) {
  if (value.kind == Kind::kString) return value.text;
  if (value.kind != Kind::kArray) return internal::Describe(value);
  std::string items;
  for (const internal::JsonValue& item : value.items) {
    items += (items.empty() ? "" : ", ") + TextOf(item);
  }
  return items;
}

void Flatten(const internal::JsonValue& value, const std::string& path,
             std::vector<FieldText>* fields) {
  if (value.kind != Kind::kObject) {
    fields->push_back({path, TextOf(value)});
    return;
  }
  if (value.members.empty()) fields->push_back({path, "off"});
  for (const internal::JsonMember& member : value.members) {
    Flatten(member.value, (path.empty() ? "" : path + ".") + member.name,
            fields);
  }
}

std::string HeadingOf(const MethodName& name) {
  if (name.service.empty()) return "every method";
  return name.service + (name.method.empty() ? "" : "/" + name.method);
}

}  // namespace

bool operator==(const FieldText& a, const FieldText& b) {
  return a.path == b.path && a.value == b.value;
}

std::vector<FieldText> FieldTexts(const google::protobuf::Message& message) {
  std::vector<FieldText> fields;
  Problems problems;
  if (const auto root =
          internal::ParseJson(internal::WriteJson(message), &problems)) {
    Flatten(*root, "", &fields);
  }
  return fields;
}

Config WithEffectiveCodes(Config config) {
  FillIn(&config.default_policy);
  for (MethodPolicy& entry : config.method_policy) FillIn(&entry.policy);
  return config;
}

std::string PolicyTableText(const Config& config) {
  const v1::Config proto = ConfigToProto(WithEffectiveCodes(config));
  const std::vector<FieldText> defaults = FieldTexts(proto.default_policy());
  std::string text;
  const auto add = [&](const v1::Policy& policy) {
    const std::vector<FieldText> fields = FieldTexts(policy);
    size_t width = 0;
    for (const FieldText& field : fields) {
      width = std::max(width, field.path.size());
    }
    for (const FieldText& field : fields) {
      const bool is_default =
          std::find(defaults.begin(), defaults.end(), field) != defaults.end();
      text += (is_default ? "  " : "* ") + field.path +
              std::string(width - field.path.size() + 2, ' ') + field.value +
              "\n";
    }
  };
  text += "default\n";
  add(proto.default_policy());
  for (size_t i = 0; i < config.method_policy.size(); ++i) {
    text += "\n";
    for (const MethodName& name : config.method_policy[i].name) {
      text += HeadingOf(name) + "\n";
    }
    add(proto.method_policy(static_cast<int>(i)).policy());
  }
  return text;
}

}  // namespace fusebox::tool
