#include "fusebox/metrics/internal/labels.h"

#include <string>
#include <string_view>
#include <tuple>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "fusebox/base/internal/utf8.h"
#include "fusebox/base/text.h"
#include "fusebox/policy/internal/scope.h"
#include "fusebox/policy/policy.h"
#include "fusebox/registry/breaker_name.h"

namespace fusebox::internal {
namespace {

constexpr char kOther[] = "other";

// A label that is not UTF-8 would make the whole scrape unreadable.
std::string Utf8(std::string_view text) {
  return IsUtf8(text)
             ? std::string(text)
             : absl::CHexEscape(absl::string_view(text.data(), text.size()));
}

}  // namespace

bool operator==(const BreakerLabels& a, const BreakerLabels& b) {
  return std::tie(a.target, a.service, a.method, a.key) ==
         std::tie(b.target, b.service, b.method, b.key);
}

bool operator<(const BreakerLabels& a, const BreakerLabels& b) {
  return std::tie(a.target, a.service, a.method, a.key) <
         std::tie(b.target, b.service, b.method, b.key);
}

BreakerLabels LabelsOf(const BreakerName& name, Scope scope) {
  BreakerLabels labels;
  labels.target = Utf8(name.target);
  labels.key = Utf8(name.key);
  const std::string_view text = name.method;
  if (text.empty()) return labels;
  const std::string_view service = ServiceOf(text);
  // "/service/method"
  if (const size_t method = service.size() + 2;
      !service.empty() && method < text.size()) {
    labels.service = Utf8(service);
    labels.method = Utf8(text.substr(method));
  } else if (scope == Scope::kService && text[0] != '/') {
    labels.service = Utf8(text);
  } else {
    labels.method = kOther;
  }
  return labels;
}

}  // namespace fusebox::internal
