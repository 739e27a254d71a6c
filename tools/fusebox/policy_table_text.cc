#include "tools/fusebox/policy_table_text.h"

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/strip.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/config/config_proto.h"
#include "fusebox/core/types.h"
#include "fusebox/policy/code_classifier.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"
#include "fusebox/policy/status_code.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "tools/text/printable.h"
#include "tools/text/time_text.h"

namespace fusebox::tool {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::TextFormat;

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

// Returns the value of the field. `index` selects an item of a list; it is -1
// if the field is not a list.
std::string ValueText(const Message& message, const FieldDescriptor& field,
                      int index) {
  std::string text;
  TextFormat::PrintFieldValueToString(message, &field, index, &text);
  return text;
}

// Returns the shortest text that is read back as the same number: "2", "0.5".
std::string NumberText(double number) {
  const std::string text = nlohmann::json(number).dump();
  return std::string(absl::StripSuffix(text, ".0"));
}

void AddFields(const Message& message, const std::string& path,
               std::vector<FieldText>* fields) {
  using Duration = google::protobuf::Duration;
  if (const auto* const duration = dynamic_cast<const Duration*>(&message)) {
    fields->push_back({path, FormatDuration(ToDuration(*duration))});
    return;
  }
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> present;
  reflection.ListFields(message, &present);
  if (present.empty()) fields->push_back({path, "off"});
  for (const FieldDescriptor* const field : present) {
    const std::string name =
        (path.empty() ? "" : path + ".") + std::string(field->json_name());
    if (field->is_repeated()) {
      std::string items;
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        items += (i == 0 ? "" : ", ") + ValueText(message, *field, i);
      }
      fields->push_back({name, items});
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      AddFields(reflection.GetMessage(message, field), name, fields);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
      fields->push_back(
          {name, NumberText(reflection.GetDouble(message, field))});
    } else {
      fields->push_back({name, ValueText(message, *field, -1)});
    }
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

std::vector<FieldText> FieldTexts(const v1::Policy& policy) {
  std::vector<FieldText> fields;
  AddFields(policy, "", &fields);
  return fields;
}

Config WithEffectiveCodes(Config config) {
  FillIn(&config.default_policy);
  for (MethodPolicy& entry : config.method_policy) FillIn(&entry.policy);
  return config;
}

std::string FieldLines(const std::vector<FieldText>& fields,
                       const std::vector<FieldText>& defaults) {
  size_t width = 0;
  for (const FieldText& field : fields) {
    width = std::max(width, field.path.size());
  }
  std::string text;
  for (const FieldText& field : fields) {
    const bool is_default =
        std::find(defaults.begin(), defaults.end(), field) != defaults.end();
    text += (is_default ? "  " : "* ") + field.path +
            std::string(width - field.path.size() + 2, ' ') +
            Printable(field.value) + "\n";
  }
  return text;
}

std::string PolicyTableText(const Config& config) {
  const v1::Config proto = ConfigToProto(WithEffectiveCodes(config));
  const std::vector<FieldText> defaults = FieldTexts(proto.default_policy());
  std::string text = "default\n" + FieldLines(defaults, defaults);
  for (size_t i = 0; i < config.method_policy.size(); ++i) {
    text += "\n";
    for (const MethodName& name : config.method_policy[i].name) {
      text += Printable(HeadingOf(name)) + "\n";
    }
    const auto& entry = proto.method_policy(static_cast<int>(i));
    text += FieldLines(FieldTexts(entry.policy()), defaults);
  }
  return text;
}

}  // namespace fusebox::tool
