#include "tools/dashboard/page.h"

#include <cstddef>
#include <random>
#include <string_view>

namespace fusebox::tool {
namespace {

// The build makes a string literal of each file.
constexpr char kHtml[] =
#include "tools/dashboard/page.html.inc"
    ;
constexpr char kStyle[] =
#include "tools/dashboard/page.css.inc"
    ;
constexpr std::string_view kScripts[] = {
#include "tools/dashboard/text.js.inc"
    ,
#include "tools/dashboard/series.js.inc"
    ,
#include "tools/dashboard/breaker.js.inc"
    ,
#include "tools/dashboard/meters.js.inc"
    ,
#include "tools/dashboard/model.js.inc"
    ,
#include "tools/dashboard/incident.js.inc"
    ,
#include "tools/dashboard/link.js.inc"
    ,
#include "tools/dashboard/dom.js.inc"
    ,
#include "tools/dashboard/chart.js.inc"
    ,
#include "tools/dashboard/card.js.inc"
    ,
#include "tools/dashboard/frame.js.inc"
    ,
#include "tools/dashboard/page.js.inc"
};

void Replace(std::string_view what, std::string_view by, std::string* text) {
  for (size_t at = 0; (at = text->find(what, at)) != std::string::npos;
       at += by.size()) {
    text->replace(at, what.size(), by);
  }
}

std::string MakeTemplate() {
  std::string script;
  for (const std::string_view part : kScripts) script += part;
  std::string html = kHtml;
  Replace("{{style}}", kStyle, &html);
  Replace("{{script}}", script, &html);
  return html;
}

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
  static const std::string* const html = new std::string(MakeTemplate());
  const std::string nonce = RandomHex();
  Page page;
  page.html = *html;
  Replace("{{nonce}}", nonce, &page.html);
  page.policy = "default-src 'none'; script-src 'nonce-" + nonce +
                "'; style-src 'nonce-" + nonce +
                "'; img-src data:; connect-src 'self'; base-uri 'none'; "
                "form-action 'none'; frame-ancestors 'none'";
  return page;
}

}  // namespace fusebox::tool
