#include "tools/dashboard/page.h"

#include <cstddef>
#include <random>

namespace fusebox::tool {
namespace {

constexpr char kHtml[] =
#include "tools/dashboard/page_html.inc"
    ;  // page.html, as a literal

constexpr char kPlaceholder[] = "{{nonce}}";

std::string RandomHex() {
  constexpr char kDigits[] = "0123456789abcdef";
  std::random_device random;
  std::string text;
  for (int i = 0; i < 4; ++i) {
    unsigned bits = random();
    for (int digit = 0; digit < 8; ++digit, bits >>= 4) {
      text += kDigits[bits & 15];
    }
  }
  return text;
}

}  // namespace

Page MakePage() {
  const std::string nonce = RandomHex();
  Page page;
  page.html = kHtml;
  size_t at = 0;
  while ((at = page.html.find(kPlaceholder, at)) != std::string::npos) {
    page.html.replace(at, sizeof(kPlaceholder) - 1, nonce);
  }
  page.policy = "default-src 'none'; script-src 'nonce-" + nonce +
                "'; style-src 'nonce-" + nonce +
                "'; img-src data:; connect-src 'self'; base-uri 'none'; "
                "form-action 'none'; frame-ancestors 'none'";
  return page;
}

}  // namespace fusebox::tool
