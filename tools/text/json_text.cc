#include "tools/text/json_text.h"

#include <nlohmann/json.hpp>
#include <string>

#include "google/protobuf/message.h"
#include "google/protobuf/util/json_util.h"
#include "tools/text/printable.h"

namespace fusebox::tool {
namespace {

using Json = nlohmann::ordered_json;

std::string Line(const Json& json) {
  return PrintableJson(
             json.dump(-1, ' ', false, Json::error_handler_t::replace)) +
         "\n";
}

}  // namespace

std::string JsonLine(const std::string& process,
                     const google::protobuf::Message& message) {
  std::string text;
  Json object;
  object["process"] = process;
  // This fails if a time is out of the range of proto3 JSON.
  const auto status =
      google::protobuf::util::MessageToJsonString(message, &text);
  if (!status.ok()) {
    object["unreadable"] = status.ToString();
    return Line(object);
  }
  const Json fields = Json::parse(text, nullptr, false);
  for (const auto& [name, value] : fields.items()) {
    // A response of a watch has a field "process".
    object[name == "process" ? "processInfo" : name] = value;
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
