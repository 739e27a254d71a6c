// json_value.h: one value of a JSON text, and its way into a field.

#ifndef FUSEBOX_CONFIG_INTERNAL_JSON_VALUE_H_
#define FUSEBOX_CONFIG_INTERNAL_JSON_VALUE_H_

#include <string>

#include "fusebox/base/problem.h"
#include "fusebox/config/internal/message_fields.h"

namespace fusebox::internal {

enum class JsonKind { kNull, kBool, kNumber, kString, kArray, kObject };

// A value, or the beginning of an array or object.
struct JsonValue {
  JsonKind kind;
  std::string text;   // of a string; of another scalar, as it is written
  double number = 0;  // exact for integers of up to 53 bits
};

// Returns whether the value has that kind, and adds a problem that names `what`
// if not.
bool Require(const JsonValue& value, JsonKind kind, const std::string& what,
             const std::string& path, Problems* problems);

// Sets a field that is a scalar, an enum or a duration, or adds an element to a
// list of those. Adds a problem if the value does not fit.
void ReadScalar(const JsonValue& value, const std::string& path,
                const FieldDescriptor& field, Message* message,
                Problems* problems);

}  // namespace fusebox::internal

#endif  // FUSEBOX_CONFIG_INTERNAL_JSON_VALUE_H_
