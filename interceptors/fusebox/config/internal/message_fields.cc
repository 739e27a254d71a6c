#include "fusebox/config/internal/message_fields.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace fusebox::internal {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::Reflection;

namespace {

constexpr int64_t kPerSecond = 1'000'000'000;

// The fields of google.protobuf.Duration.
constexpr int kSeconds = 1;
constexpr int kNanos = 2;

}  // namespace

const FieldDescriptor& FieldNamed(const Message& message,
                                  std::string_view name) {
  return *message.GetDescriptor()->FindFieldByName(std::string(name));
}

std::vector<const FieldDescriptor*> PresentFields(const Message& message) {
  std::vector<const FieldDescriptor*> present;
  const auto* const type = message.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    if (IsPresent(message, *type->field(i))) present.push_back(type->field(i));
  }
  return present;
}

bool IsPresent(const Message& message, const FieldDescriptor& field) {
  const Reflection* const reflection = message.GetReflection();
  return field.is_repeated() ? reflection->FieldSize(message, &field) != 0
                             : reflection->HasField(message, &field);
}

bool IsDuration(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field.message_type()->full_name() == "google.protobuf.Duration";
}

template <>
bool GetField(const Message& message, const FieldDescriptor& field) {
  return message.GetReflection()->GetBool(message, &field);
}
template <>
uint32_t GetField(const Message& message, const FieldDescriptor& field) {
  return message.GetReflection()->GetUInt32(message, &field);
}
template <>
double GetField(const Message& message, const FieldDescriptor& field) {
  return message.GetReflection()->GetDouble(message, &field);
}
template <>
std::string GetField(const Message& message, const FieldDescriptor& field) {
  return message.GetReflection()->GetString(message, &field);
}

std::optional<Duration> GetDuration(const Message& message,
                                    const FieldDescriptor& field) {
  const Message& value = GetMessage(message, field);
  const auto* const type = value.GetDescriptor();
  const Reflection* const reflection = value.GetReflection();
  return JoinDuration(
      reflection->GetInt64(value, type->FindFieldByNumber(kSeconds)),
      reflection->GetInt32(value, type->FindFieldByNumber(kNanos)));
}

int GetEnum(const Message& message, const FieldDescriptor& field, int i) {
  const Reflection* const reflection = message.GetReflection();
  return field.is_repeated()
             ? reflection->GetRepeatedEnumValue(message, &field, i)
             : reflection->GetEnumValue(message, &field);
}

const Message& GetMessage(const Message& message, const FieldDescriptor& field,
                          int i) {
  const Reflection* const reflection = message.GetReflection();
  return field.is_repeated()
             ? reflection->GetRepeatedMessage(message, &field, i)
             : reflection->GetMessage(message, &field);
}

int SizeOf(const Message& message, const FieldDescriptor& field) {
  return message.GetReflection()->FieldSize(message, &field);
}

void SetField(Message* message, const FieldDescriptor& field, bool value) {
  message->GetReflection()->SetBool(message, &field, value);
}
void SetField(Message* message, const FieldDescriptor& field, uint32_t value) {
  message->GetReflection()->SetUInt32(message, &field, value);
}
void SetField(Message* message, const FieldDescriptor& field, double value) {
  message->GetReflection()->SetDouble(message, &field, value);
}
void SetField(Message* message, const FieldDescriptor& field,
              const std::string& value) {
  message->GetReflection()->SetString(message, &field, value);
}

void SetField(Message* message, const FieldDescriptor& field, Duration value) {
  Message* const duration = AddOrMutable(message, field);
  const auto* const type = duration->GetDescriptor();
  const Reflection* const reflection = duration->GetReflection();
  reflection->SetInt64(duration, type->FindFieldByNumber(kSeconds),
                       value.count() / kPerSecond);
  reflection->SetInt32(duration, type->FindFieldByNumber(kNanos),
                       static_cast<int32_t>(value.count() % kPerSecond));
}

void SetEnum(Message* message, const FieldDescriptor& field, int number) {
  const Reflection* const reflection = message->GetReflection();
  if (field.is_repeated()) {
    reflection->AddEnumValue(message, &field, number);
  } else {
    reflection->SetEnumValue(message, &field, number);
  }
}

Message* AddOrMutable(Message* message, const FieldDescriptor& field) {
  const Reflection* const reflection = message->GetReflection();
  return field.is_repeated() ? reflection->AddMessage(message, &field)
                             : reflection->MutableMessage(message, &field);
}

std::string EnumName(const FieldDescriptor& field, int number) {
  const EnumValueDescriptor* const value =
      field.enum_type()->FindValueByNumber(number);
  return value == nullptr ? std::to_string(number) : std::string(value->name());
}

std::string NamesOf(const EnumDescriptor& type) {
  std::string names;
  for (int i = 0; i < type.value_count(); ++i) {
    names += i == 0 ? "" : i == type.value_count() - 1 ? " or " : ", ";
    names += std::string(type.value(i)->name());
  }
  return names;
}

}  // namespace fusebox::internal
