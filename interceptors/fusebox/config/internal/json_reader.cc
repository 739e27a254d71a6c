// json_reader.cc: reads JSON into a message, field by field as the text goes.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fusebox/base/internal/utf8.h"
#include "fusebox/base/problem.h"
#include "fusebox/base/text.h"
#include "fusebox/config/internal/json_message.h"
#include "fusebox/config/internal/json_value.h"
#include "fusebox/config/internal/message_fields.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace fusebox::internal {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::OneofDescriptor;

constexpr char kRoot[] = "config";
constexpr size_t kMaxJsonDepth = 32;

// Returns "line 2, column 7" for the byte at `offset`.
std::string PlaceOf(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::string_view line = before.substr(before.rfind('\n') + 1);
  const auto characters = std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<uint8_t>(c) & 0xC0) != 0x80;
  });
  return "line " +
         std::to_string(1 + std::count(before.begin(), before.end(), '\n')) +
         ", column " + std::to_string(1 + characters);
}

// "[...101] parse error at line 1, column 2: syntax error while parsing value -
// unexpected '}'; expected ..." -> "unexpected '}'; expected ..."
std::string CauseOf(std::string_view what) {
  for (const std::string_view mark : {" - ", ": ", "] "}) {
    const size_t at = what.find(mark);
    if (at == std::string_view::npos) continue;
    what.remove_prefix(at + mark.size());
    break;
  }
  // The text that was read last may be long, and any bytes.
  constexpr size_t kMax = 160;
  if (what.size() > kMax || !IsUtf8(what)) {
    what = what.substr(0, what.find("; last read"));
  }
  return OneLine(what);
}

// Describes a name that is not a field.
std::string DescribeUnknown(const Descriptor& type, std::string_view name) {
  constexpr size_t kMaxLetters = 64;  // the names of fields are shorter
  constexpr size_t kNear = 3;         // more than the typos in a near name
  size_t least = kNear;
  std::string nearest;
  std::string all;
  for (int i = 0; i < type.field_count(); ++i) {
    const std::string known(type.field(i)->json_name());
    all += (all.empty() ? "" : ", ") + known;
    if (name.size() > kMaxLetters) continue;
    const size_t distance = EditDistance(name, known);
    if (distance < std::min(least, known.size() / 2)) {
      least = distance;
      nearest = known;
    }
  }
  return nearest.empty() ? "is not a field; the fields are " + all
                         : "is not a field; the nearest is " + nearest;
}

// Takes the events of nlohmann's parser. The arrays and objects that are open
// form a stack; each takes its values into a message, or skips them.
class Reader final : public nlohmann::json::json_sax_t {
 public:
  Reader(std::string_view text, Message* message, Problems* problems)
      : text_(text), message_(message), problems_(*problems) {}

  bool null() override { return Take({JsonKind::kNull, "null"}); }
  bool boolean(bool value) override {
    return Take({JsonKind::kBool, value ? "true" : "false"});
  }
  bool number_integer(int64_t value) override {
    return Take(
        {JsonKind::kNumber, std::to_string(value), static_cast<double>(value)});
  }
  bool number_unsigned(uint64_t value) override {
    return Take(
        {JsonKind::kNumber, std::to_string(value), static_cast<double>(value)});
  }
  bool number_float(double value, const std::string& written) override {
    return Take({JsonKind::kNumber, written, value});
  }
  bool string(std::string& value) override {
    return Take({JsonKind::kString, std::move(value)});
  }
  bool binary(binary_t&) override { return false; }  // not in a text
  bool start_object(size_t) override { return Take({JsonKind::kObject, ""}); }
  bool start_array(size_t) override { return Take({JsonKind::kArray, ""}); }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }

  bool key(std::string& name) override {
    Open& object = open_.back();
    if (object.message == nullptr) return true;
    object.member_path =
        (open_.size() == 1 ? "" : object.path + ".") + Escaped(name);
    const FieldDescriptor* const field =
        FindField(*object.message->GetDescriptor(), name, object.member_path);
    const bool takes =
        field != nullptr && IsFirst(*field, object.seen, object.member_path);
    object.field = takes ? field : nullptr;
    if (takes) object.seen.push_back(field);
    return true;
  }

  bool parse_error(size_t position, const std::string&,
                   const nlohmann::json::exception& error) override {
    const size_t offset = std::min(position, text_.size() + 1);
    return Refuse(PlaceOf(text_, offset == 0 ? 0 : offset - 1),
                  CauseOf(error.what()));
  }

  // Returns whether the text is an object.
  bool is_object() const { return is_object_; }

  // Drops the problems found so far for one that makes the text no config.
  bool Refuse(const std::string& path, const std::string& rule) {
    problems_ = {{path, rule}};
    return false;
  }

 private:
  // An array or object that is open.
  struct Open {
    Message* message = nullptr;  // null: what is in it is skipped
    std::string path = {};
    const FieldDescriptor* field = nullptr;  // whose value comes next
    bool is_array = false;
    size_t items = 0;                               // of an array
    std::string member_path = {};                   // of an object
    std::vector<const FieldDescriptor*> seen = {};  // of an object
  };

  bool Take(const JsonValue& value) {
    const bool opens =
        value.kind == JsonKind::kArray || value.kind == JsonKind::kObject;
    if (opens && open_.size() == kMaxJsonDepth) {
      return Refuse(kRoot, "must nest at most " +
                               std::to_string(kMaxJsonDepth) + " deep");
    }
    Open inner = Read(value);
    if (opens) open_.push_back(std::move(inner));
    return true;
  }
  bool Close() {
    open_.pop_back();
    return true;
  }

  // Reads a value into its field. Returns where the values inside of it go.
  Open Read(const JsonValue& value) {
    if (open_.empty()) {
      is_object_ = value.kind == JsonKind::kObject;
      return ReadMessage(value, kRoot, message_);
    }
    Open& outer = open_.back();
    if (outer.field == nullptr) return {};
    const FieldDescriptor& field = *outer.field;
    const std::string path = outer.is_array
                                 ? ElementPath(outer.path, outer.items++)
                                 : outer.member_path;
    if (!outer.is_array && value.kind == JsonKind::kNull) {
      Add(path, "must not be null; leave out what is not to be set");
      return {};
    }
    if (!outer.is_array && field.is_repeated()) {
      return Require(value, JsonKind::kArray, "an array", path, &problems_)
                 ? Open{outer.message, path, &field, true}
                 : Open();
    }
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
        !IsDuration(field)) {
      // The elements that follow in a list keep their indexes.
      const bool adds = field.is_repeated() || value.kind == JsonKind::kObject;
      return ReadMessage(value, path,
                         adds ? AddOrMutable(outer.message, field) : nullptr);
    }
    ReadScalar(value, path, field, outer.message, &problems_);
    return {};
  }

  Open ReadMessage(const JsonValue& value, const std::string& path,
                   Message* message) {
    return Require(value, JsonKind::kObject, "an object", path, &problems_)
               ? Open{message, path}
               : Open();
  }

  void Add(const std::string& path, std::string rule) {
    problems_.push_back({path, std::move(rule)});
  }

  // Returns the field of that name, or null and adds a problem if there is
  // none. A name in the spelling of textproto is a problem, but is found.
  const FieldDescriptor* FindField(const Descriptor& type,
                                   const std::string& name,
                                   const std::string& path) {
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor* const field = type.field(i);
      if (name == field->json_name()) return field;
      if (name == field->name()) {
        Add(path, "must be written " + std::string(field->json_name()));
        return field;
      }
    }
    Add(path, DescribeUnknown(type, name));
    return nullptr;
  }

  // Returns whether neither the field nor another field of its oneof has been
  // seen, and adds a problem if not.
  bool IsFirst(const FieldDescriptor& field,
               const std::vector<const FieldDescriptor*>& seen,
               const std::string& path) {
    const OneofDescriptor* const oneof = field.real_containing_oneof();
    for (const FieldDescriptor* const other : seen) {
      if (other == &field) {
        Add(path, "must be given once");
        return false;
      }
      if (oneof != nullptr && oneof == other->real_containing_oneof()) {
        Add(path, "must not be given together with " +
                      std::string(other->json_name()));
        return false;
      }
    }
    return true;
  }

  const std::string_view text_;
  Message* const message_;
  Problems& problems_;
  bool is_object_ = false;
  std::vector<Open> open_;  // from the outside in
};

}  // namespace

bool ReadJson(std::string_view text, Message* message, Problems* problems) {
  Reader reader(text, message, problems);
  // The library would take the byte for the end of the text.
  if (const size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return reader.Refuse(PlaceOf(text, nul), "invalid literal: a NUL byte");
  }
  // Versions of the library differ in what they say.
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return reader.Refuse(
        PlaceOf(text, text.size()),
        "unexpected end of input; expected '[', '{', or a literal");
  }
  return nlohmann::json::sax_parse(text.begin(), text.end(), &reader) &&
         reader.is_object();
}

}  // namespace fusebox::internal
