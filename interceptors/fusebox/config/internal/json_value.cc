#include "fusebox/config/internal/json_value.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/base/problem.h"
#include "fusebox/base/text.h"
#include "fusebox/config/internal/message_fields.h"
#include "google/protobuf/descriptor.h"

namespace fusebox::internal {
namespace {

// Stands for a name that is no value of its enum.
constexpr int kNoEnumValue = -1;

std::string Describe(const JsonValue& value) {
  switch (value.kind) {
    case JsonKind::kString:
      return Quoted(value.text);
    case JsonKind::kArray:
      return "an array";
    case JsonKind::kObject:
      return "an object";
    default:
      return Escaped(value.text);
  }
}

}  // namespace

bool Require(const JsonValue& value, JsonKind kind, const std::string& what,
             const std::string& path, Problems* problems) {
  if (value.kind == kind) return true;
  problems->push_back({path, "must be " + what, Describe(value)});
  return false;
}

void ReadScalar(const JsonValue& value, const std::string& path,
                const FieldDescriptor& field, Message* message,
                Problems* problems) {
  const auto is = [&](JsonKind kind, const char* what) {
    return Require(value, kind, what, path, problems);
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      if (is(JsonKind::kBool, "true or false")) {
        SetField(message, field, value.text == "true");
      }
      return;
    case FieldDescriptor::CPPTYPE_UINT32: {
      constexpr double kMax = std::numeric_limits<uint32_t>::max();
      if (!is(JsonKind::kNumber, "an integer")) return;
      if (value.number == std::floor(value.number) && value.number >= 0 &&
          value.number <= kMax) {
        SetField(message, field, static_cast<uint32_t>(value.number));
      } else {
        problems->push_back(
            {path, "must be an integer in [0, 4294967295]", Describe(value)});
      }
      return;
    }
    case FieldDescriptor::CPPTYPE_DOUBLE:
      if (is(JsonKind::kNumber, "a number")) {
        SetField(message, field, value.number);
      }
      return;
    case FieldDescriptor::CPPTYPE_STRING:
      if (is(JsonKind::kString, "a string")) {
        SetField(message, field, value.text);
      }
      return;
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* const found =
          value.kind == JsonKind::kString
              ? field.enum_type()->FindValueByName(value.text)
              : nullptr;
      if (found != nullptr) {
        SetEnum(message, field, found->number());
        return;
      }
      problems->push_back(
          {path, "must be " + NamesOf(*field.enum_type()), Describe(value)});
      // The elements that follow in a list keep their indexes.
      if (field.is_repeated()) SetEnum(message, field, kNoEnumValue);
      return;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      if (!is(JsonKind::kString, "a duration like \"1.5s\"")) return;
      std::string problem;
      if (const std::optional<Duration> duration =
              ParseDuration(value.text, &problem)) {
        SetField(message, field, *duration);
      } else {
        problems->push_back({path, std::move(problem)});
      }
      return;
    }
    default:
      problems->push_back({path, "has a type that configs do not have"});
  }
}

}  // namespace fusebox::internal
