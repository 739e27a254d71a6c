#include "tools/text/json_text.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/util/json_util.h"
#include "tools/text/printable.h"

namespace fusebox::tool {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::JsonPrintOptions;
using Json = nlohmann::ordered_json;

std::string Line(const Json& json) {
  return PrintableJson(
             json.dump(-1, ' ', false, Json::error_handler_t::replace)) +
         "\n";
}

// Asks for fields that are zero or empty, too. Protobuf 26 renamed the option.
template <typename Options>
auto PrintAll(Options* options, int)
    -> decltype(options->always_print_fields_with_no_presence, void()) {
  options->always_print_fields_with_no_presence = true;
}
template <typename Options>
void PrintAll(Options* options, long) {  // NOLINT(google-runtime-int)
  options->always_print_primitive_fields = true;
}

void UseNumbers(const Descriptor& type, Json* object);

// Turns what proto3 JSON writes as a text, because JavaScript's numbers have
// only 53 bits, into a number.
void UseNumber(const FieldDescriptor& field, Json* value) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_UINT64: {
      uint64_t number = 0;
      if (value->is_string() &&
          absl::SimpleAtoi(value->get<std::string>(), &number)) {
        *value = number;
      }
      return;
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      int64_t number = 0;
      if (value->is_string() &&
          absl::SimpleAtoi(value->get<std::string>(), &number)) {
        *value = number;
      }
      return;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (value->is_object()) UseNumbers(*field.message_type(), value);
      return;
    default:
      return;
  }
}

void UseNumbers(const Descriptor& type, Json* object) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const auto found = object->find(std::string(field.json_name()));
    if (found == object->end()) continue;
    if (field.is_map()) {
      const FieldDescriptor& of_value =
          *field.message_type()->FindFieldByNumber(2);
      for (auto& [key, value] : found->items()) UseNumber(of_value, &value);
    } else if (field.is_repeated()) {
      for (Json& value : *found) UseNumber(field, &value);
    } else {
      UseNumber(field, &*found);
    }
  }
}

}  // namespace

std::string JsonLine(const std::string& process, const Message& message) {
  JsonPrintOptions options;
  PrintAll(&options, 0);
  std::string text;
  Json object;
  object["process"] = process;
  // This fails if a time is out of the range of proto3 JSON.
  const auto status =
      google::protobuf::util::MessageToJsonString(message, &text, options);
  if (!status.ok()) {
    object["unreadable"] = status.ToString();
    return Line(object);
  }
  Json fields = Json::parse(text, nullptr, false);
  UseNumbers(*message.GetDescriptor(), &fields);
  for (auto& [name, value] : fields.items()) {
    // A response of a watch has a field "process".
    object[name == "process" ? "processInfo" : name] = std::move(value);
  }
  return Line(object);
}

std::string JsonLine(const std::string& process, const std::string& name,
                     const std::string& value) {
  Json object;
  object["process"] = process;
  object[name] = value;
  return Line(object);
}

}  // namespace fusebox::tool
