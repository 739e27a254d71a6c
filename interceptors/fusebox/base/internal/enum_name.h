// enum_name.h: looks up the name of an enumerator in a table.

#ifndef FUSEBOX_BASE_INTERNAL_ENUM_NAME_H_
#define FUSEBOX_BASE_INTERNAL_ENUM_NAME_H_

#include <cstddef>
#include <string_view>

namespace fusebox::internal {

// Returns the name at the enumerator's place, or "?" if there is none. `count`
// is the number of enumerators; a table with another number does not compile.
template <size_t count, typename Enum, size_t size>
constexpr std::string_view EnumName(const std::string_view (&names)[size],
                                    Enum value) {
  static_assert(size == count, "the table must name each enumerator");
  const auto place = static_cast<size_t>(value);
  return place < size ? names[place] : "?";
}

}  // namespace fusebox::internal

#endif  // FUSEBOX_BASE_INTERNAL_ENUM_NAME_H_
