#include "fusebox/registry/breaker_name.h"

#include <cstddef>
#include <string>

#include "fusebox/base/text.h"

namespace fusebox {

std::string BreakerText(const BreakerName& name) {
  constexpr size_t kMaxBytes = 300;
  std::string text =
      name.method.empty() ? "every method" : Escaped(name.method, kMaxBytes);
  if (!name.key.empty()) text += " [" + Escaped(name.key) + "]";
  if (!name.target.empty()) {
    text += " on " + Escaped(name.target, kMaxBytes);
  }
  return text;
}

}  // namespace fusebox
