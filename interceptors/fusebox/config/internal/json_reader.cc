// json_reader.cc: a walk over a JSON tree and a message's descriptor together.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/base/edit_distance.h"
#include "fusebox/base/problem.h"
#include "fusebox/base/quoted.h"
#include "fusebox/config/internal/json_message.h"
#include "fusebox/config/internal/json_tree.h"
#include "fusebox/config/internal/message_fields.h"
#include "fusebox/core/settings.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace fusebox::internal {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
using Kind = JsonValue::Kind;

constexpr int kNoEnumValue = -1;

std::string Index(const std::string& list, size_t i) {
  return list + "[" + std::to_string(i) + "]";
}

// What to say of a name that is no field.
std::string DescribeUnknown(const Descriptor& type, std::string_view name) {
  constexpr size_t kMaxLetters = 64;  // no field's name is as long
  constexpr size_t kNear = 3;         // fewer typos than that
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

class Reader {
 public:
  explicit Reader(Problems* problems) : problems_(*problems) {}

  void ReadMessage(const JsonValue& value, const std::string& path,
                   Message* message) {
    if (!Require(value, Kind::kObject, "an object", path)) return;
    const Descriptor& type = *message->GetDescriptor();
    std::vector<const FieldDescriptor*> seen;
    for (const JsonMember& member : value.members) {
      const std::string member_path =
          (path == kRoot ? "" : path + ".") + Escaped(member.name);
      const FieldDescriptor* const field =
          FindField(type, member.name, member_path);
      if (field == nullptr) continue;
      if (!IsFirst(*field, seen, member_path)) continue;
      seen.push_back(field);
      if (member.value.kind == Kind::kNull) {
        Add(member_path, "must not be null; leave out what is not to be set");
      } else if (field->is_repeated()) {
        ReadList(member.value, member_path, *field, message);
      } else {
        ReadValue(member.value, member_path, *field, message);
      }
    }
  }

  static constexpr char kRoot[] = "config";

 private:
  void Add(const std::string& path, std::string message) {
    problems_.push_back({path, std::move(message)});
  }

  // Whether `value` is of that kind; a problem if it is not.
  bool Require(const JsonValue& value, Kind kind, const std::string& what,
               const std::string& path) {
    if (value.kind == kind) return true;
    Add(path, "must be " + what + ", is " + Describe(value));
    return false;
  }

  // The field of that name; null and a problem if there is none. One that is
  // written as in textproto is a problem, but is found.
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

  // A field may be given once, and of a oneof one field.
  bool IsFirst(const FieldDescriptor& field,
               const std::vector<const FieldDescriptor*>& seen,
               const std::string& path) {
    for (const FieldDescriptor* const other : seen) {
      if (other == &field) {
        Add(path, "must be given once");
        return false;
      }
      if (const OneofDescriptor* const oneof = field.real_containing_oneof();
          oneof != nullptr && oneof == other->real_containing_oneof()) {
        Add(path, "must not be given together with " +
                      std::string(other->json_name()));
        return false;
      }
    }
    return true;
  }

  void ReadList(const JsonValue& value, const std::string& path,
                const FieldDescriptor& field, Message* message) {
    if (!Require(value, Kind::kArray, "an array", path)) return;
    for (size_t i = 0; i < value.items.size(); ++i) {
      ReadValue(value.items[i], Index(path, i), field, message);
    }
  }

  // Into the field, or into a new element of it if it is a list.
  void ReadValue(const JsonValue& value, const std::string& path,
                 const FieldDescriptor& field, Message* message) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL:
        if (Require(value, Kind::kBool, "true or false", path)) {
          SetField(message, field, value.boolean);
        }
        return;
      case FieldDescriptor::CPPTYPE_UINT32:
        ReadUint32(value, path, field, message);
        return;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        if (Require(value, Kind::kNumber, "a number", path)) {
          SetField(message, field, value.number);
        }
        return;
      case FieldDescriptor::CPPTYPE_STRING:
        if (Require(value, Kind::kString, "a string", path)) {
          SetField(message, field, value.text);
        }
        return;
      case FieldDescriptor::CPPTYPE_ENUM:
        ReadEnum(value, path, field, message);
        return;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (IsDuration(field)) {
          ReadDuration(value, path, field, message);
        } else if (field.is_repeated() || value.kind == Kind::kObject) {
          ReadMessage(value, path, AddOrMutable(message, field));
        } else {
          Require(value, Kind::kObject, "an object", path);
        }
        return;
      default:
        Add(path, "has a type that configs do not have");
    }
  }

  void ReadUint32(const JsonValue& value, const std::string& path,
                  const FieldDescriptor& field, Message* message) {
    constexpr double kMax = std::numeric_limits<uint32_t>::max();
    if (!Require(value, Kind::kNumber, "an integer", path)) return;
    if (value.number != std::floor(value.number) || value.number < 0 ||
        value.number > kMax) {
      Add(path, "must be an integer in [0, 4294967295], is " + Describe(value));
      return;
    }
    SetField(message, field, static_cast<uint32_t>(value.number));
  }

  void ReadEnum(const JsonValue& value, const std::string& path,
                const FieldDescriptor& field, Message* message) {
    const EnumDescriptor& type = *field.enum_type();
    if (value.kind == Kind::kString) {
      if (const EnumValueDescriptor* const found =
              type.FindValueByName(value.text)) {
        SetEnum(message, field, found->number());
        return;
      }
    }
    Add(path, "must be " + NamesOf(type) + ", is " + Describe(value));
    // What follows in a list keeps its index.
    if (field.is_repeated()) SetEnum(message, field, kNoEnumValue);
  }

  void ReadDuration(const JsonValue& value, const std::string& path,
                    const FieldDescriptor& field, Message* message) {
    if (!Require(value, Kind::kString, "a duration like \"1.5s\"", path)) {
      return;
    }
    std::string problem;
    if (const std::optional<Duration> duration =
            ParseDuration(value.text, &problem)) {
      SetField(message, field, *duration);
    } else {
      Add(path, std::move(problem));
    }
  }

  Problems& problems_;
};

}  // namespace

bool ReadJson(std::string_view text, Message* message, Problems* problems) {
  const std::optional<JsonValue> root = ParseJson(text, problems);
  if (!root) return false;
  Reader(problems).ReadMessage(*root, Reader::kRoot, message);
  return root->kind == Kind::kObject;
}

}  // namespace fusebox::internal
