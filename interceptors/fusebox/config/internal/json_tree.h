// json_tree.h: a JSON text (RFC 8259) as a tree of values, exactly as written.
//
// Unlike a map, it keeps duplicate keys, so that they can be refused.

#ifndef FUSEBOX_CONFIG_INTERNAL_JSON_TREE_H_
#define FUSEBOX_CONFIG_INTERNAL_JSON_TREE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fusebox/base/problem.h"
#include "fusebox/core/settings.h"

namespace fusebox::internal {

struct JsonMember;

struct JsonValue {
  enum class Kind { kNull, kBool, kNumber, kString, kArray, kObject };

  Kind kind = Kind::kNull;
  bool boolean = false;
  double number = 0;             // exact for integers of up to 53 bits
  std::string text;              // of a string; of a number, as it was written
  std::vector<JsonValue> items;  // of an array
  std::vector<JsonMember> members;  // of an object, in the order of the text
};

struct JsonMember {
  std::string name;
  JsonValue value;
};

// Values nest no deeper than this.
inline constexpr int kMaxJsonDepth = 32;

// Reads all of `text`. Nothing and one more problem if it is no JSON or not
// UTF-8 (its path is then a line and a column, "line 2, column 7", both from 1,
// columns in characters), or nests too deep.
std::optional<JsonValue> ParseJson(std::string_view text, Problems* problems);

// For messages: "5", "\"abc\"", "true", "null", "an object", "an array".
std::string Describe(const JsonValue& value);

}  // namespace fusebox::internal

#endif  // FUSEBOX_CONFIG_INTERNAL_JSON_TREE_H_
