#include "fusebox/config/internal/json_tree.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fusebox/base/internal/utf8.h"
#include "fusebox/base/problem.h"
#include "fusebox/base/quoted.h"
#include "fusebox/core/settings.h"

namespace fusebox::internal {
namespace {

using Kind = JsonValue::Kind;

// "line 2, column 7" of the byte at `offset`.
std::string PlaceOf(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const size_t newline = before.rfind('\n');
  const std::string_view line =
      newline == std::string_view::npos ? before : before.substr(newline + 1);
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
  // What was last read may be anything.
  constexpr size_t kMax = 160;
  if (what.size() > kMax || !IsUtf8(what)) {
    what = what.substr(0, what.find("; last read"));
  }
  return std::string(what);
}

class TreeBuilder final : public nlohmann::json::json_sax_t {
 public:
  TreeBuilder(std::string_view text, JsonValue* root, Problems* problems)
      : text_(text), root_(root), problems_(problems) {}

  bool null() override {
    Add(Kind::kNull);
    return true;
  }
  bool boolean(bool value) override {
    Add(Kind::kBool)->boolean = value;
    return true;
  }
  bool number_integer(int64_t value) override {
    return AddNumber(static_cast<double>(value), std::to_string(value));
  }
  bool number_unsigned(uint64_t value) override {
    return AddNumber(static_cast<double>(value), std::to_string(value));
  }
  bool number_float(double value, const std::string& written) override {
    return AddNumber(value, written);
  }
  bool string(std::string& value) override {
    Add(Kind::kString)->text = std::move(value);
    return true;
  }
  bool binary(binary_t&) override { return false; }  // not in a text
  bool start_object(size_t) override { return Open(Kind::kObject); }
  bool start_array(size_t) override { return Open(Kind::kArray); }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }
  bool key(std::string& name) override {
    open_.back()->members.push_back({std::move(name), {}});
    return true;
  }
  bool parse_error(size_t position, const std::string&,
                   const nlohmann::json::exception& error) override {
    const size_t offset = std::min(position, text_.size() + 1);
    problems_->push_back(
        {PlaceOf(text_, offset == 0 ? 0 : offset - 1), CauseOf(error.what())});
    return false;
  }

 private:
  // Pointers into the tree stay good: only the innermost open value grows.
  JsonValue* Add(Kind kind) {
    JsonValue* value = root_;
    if (!open_.empty()) {
      JsonValue* const parent = open_.back();
      value = parent->kind == Kind::kArray ? &parent->items.emplace_back()
                                           : &parent->members.back().value;
    }
    value->kind = kind;
    return value;
  }
  bool AddNumber(double number, std::string written) {
    JsonValue* const value = Add(Kind::kNumber);
    value->number = number;
    value->text = std::move(written);
    return true;
  }
  bool Open(Kind kind) {
    if (open_.size() >= static_cast<size_t>(kMaxJsonDepth)) {
      problems_->push_back(
          {"config",
           "must nest at most " + std::to_string(kMaxJsonDepth) + " deep"});
      return false;
    }
    open_.push_back(Add(kind));
    return true;
  }
  bool Close() {
    open_.pop_back();
    return true;
  }

  const std::string_view text_;
  JsonValue* const root_;
  Problems* const problems_;
  std::vector<JsonValue*> open_;  // from the outside in
};

}  // namespace

std::optional<JsonValue> ParseJson(std::string_view text, Problems* problems) {
  // To the library it is the end of the text.
  if (const size_t nul = text.find('\0'); nul != std::string_view::npos) {
    problems->push_back({PlaceOf(text, nul), "invalid literal: a NUL byte"});
    return std::nullopt;
  }
  JsonValue root;
  TreeBuilder builder(text, &root, problems);
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) {
    return std::nullopt;
  }
  return root;
}

std::string Describe(const JsonValue& value) {
  switch (value.kind) {
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return value.boolean ? "true" : "false";
    case Kind::kNumber:
      return Escaped(value.text);
    case Kind::kString:
      return Quoted(value.text);
    case Kind::kArray:
      return "an array";
    case Kind::kObject:
      return "an object";
  }
  return "?";
}

}  // namespace fusebox::internal
