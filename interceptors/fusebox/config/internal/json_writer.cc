// json_writer.cc: writes a message as JSON.

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/config/internal/json_message.h"
#include "fusebox/config/internal/message_fields.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace fusebox::internal {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(const Message& message);

// Returns the field's value or, if it is a list, its element `i`.
Json ToJson(const Message& message, const FieldDescriptor& field, int i) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return GetField<bool>(message, field);
    case FieldDescriptor::CPPTYPE_UINT32:
      return GetField<uint32_t>(message, field);
    case FieldDescriptor::CPPTYPE_DOUBLE: {
      const double value = GetField<double>(message, field);
      constexpr double kExact = 1e15;  // integers get no decimal point
      if (value == std::floor(value) && std::fabs(value) < kExact) {
        return static_cast<int64_t>(value);
      }
      return value;
    }
    case FieldDescriptor::CPPTYPE_STRING:
      return GetField<std::string>(message, field);
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumName(field, GetEnum(message, field, i));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (IsDuration(field)) {
        const std::optional<Duration> value = GetDuration(message, field);
        return value ? Json(FormatDuration(*value)) : Json();
      }
      return ToJson(GetMessage(message, field, i));
    default:
      return nullptr;
  }
}

Json ToJson(const Message& message) {
  Json object = Json::object();
  for (const FieldDescriptor* const field : PresentFields(message)) {
    Json& value = object[std::string(field->json_name())];
    if (!field->is_repeated()) {
      value = ToJson(message, *field, 0);
      continue;
    }
    value = Json::array();
    const int size = message.GetReflection()->FieldSize(message, field);
    for (int i = 0; i < size; ++i) {
      value.push_back(ToJson(message, *field, i));
    }
  }
  return object;
}

}  // namespace

std::string WriteJson(const Message& message) {
  return ToJson(message).dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace fusebox::internal
