#include "tools/dashboard/bounded_json.h"

#include <memory>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/util/json_util.h"

namespace fusebox::tool {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageToJsonString;

constexpr int kMaxItems = 32;

std::vector<const FieldDescriptor*> SetFields(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  return fields;
}

}  // namespace

void Bound(Message* message) {
  const auto& reflection = *message->GetReflection();
  for (const FieldDescriptor* field : SetFields(*message)) {
    const bool is_text = field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
    const bool is_message =
        field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (!field->is_repeated()) {
      if (is_text) {
        reflection.SetString(message, field,
                             Clipped(reflection.GetString(*message, field)));
      }
      if (is_message) Bound(reflection.MutableMessage(message, field));
      continue;
    }
    while (reflection.FieldSize(*message, field) > kMaxItems) {
      reflection.RemoveLast(message, field);
    }
    for (int i = 0; i < reflection.FieldSize(*message, field); ++i) {
      if (is_text) {
        reflection.SetRepeatedString(
            message, field, i,
            Clipped(reflection.GetRepeatedString(*message, field, i)));
      }
      if (is_message) {
        Bound(reflection.MutableRepeatedMessage(message, field, i));
      }
    }
  }
}

std::string Clipped(const std::string& text) {
  if (text.size() <= kMaxTextBytes) return text;
  size_t end = kMaxTextBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
    --end;
  }
  return text.substr(0, end) + "...";
}

std::string BoundedJson(const Message& message) {
  const std::unique_ptr<Message> bounded(message.New());
  bounded->CopyFrom(message);
  Bound(bounded.get());
  std::string json;
  if (MessageToJsonString(*bounded, &json).ok()) return json;
  const auto& reflection = *bounded->GetReflection();
  for (const FieldDescriptor* field : SetFields(*bounded)) {
    if (field->is_repeated() || field->message_type() == nullptr) continue;
    std::string part;
    if (!MessageToJsonString(reflection.GetMessage(*bounded, field), &part)
             .ok()) {
      reflection.ClearField(bounded.get(), field);
    }
  }
  json.clear();
  return MessageToJsonString(*bounded, &json).ok() ? json : "{}";
}

}  // namespace fusebox::tool
