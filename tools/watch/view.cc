#include "tools/watch/view.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "tools/text/breaker_text.h"
#include "tools/text/time_text.h"

namespace fusebox::tool {
namespace {

constexpr char kEscape = '\x1b';
constexpr char kBackspace = '\x7f';

bool InTrouble(const v1::Breaker& breaker) {
  return breaker.state() != v1::CLOSED || breaker.has_operator_mode();
}

Duration AgeOf(const v1::Breaker& breaker) {
  return breaker.has_outage() ? ToDuration(breaker.outage().duration())
                              : Duration::zero();
}

}  // namespace

bool View::OnKey(char key) {
  if (typing_) return Type(key);
  const bool had_help = help_;
  help_ = false;
  switch (key) {
    case '?':
      help_ = !had_help;
      return true;
    case 's':
      order_ = order_ == Order::kAge
                   ? Order::kTrouble
                   : static_cast<Order>(static_cast<int>(order_) + 1);
      return true;
    case 't':
      troubled_ = !troubled_;
      return true;
    case '/':
      typing_ = true;
      filter_.clear();
      return true;
    case kEscape:
      filter_.clear();
      return true;
    default:
      return had_help;
  }
}

bool View::Type(char key) {
  if (key == '\r' || key == '\n') {
    typing_ = false;
  } else if (key == kEscape) {
    typing_ = false;
    filter_.clear();
  } else if (key == kBackspace || key == '\b') {
    if (!filter_.empty()) filter_.pop_back();
  } else if (absl::ascii_isprint(static_cast<unsigned char>(key))) {
    filter_ += key;
  } else {
    return false;
  }
  return true;
}

std::vector<Model::Row> View::RowsOf(const Model& model) const {
  std::vector<Model::Row> rows = model.Rows();
  rows.erase(
      std::remove_if(rows.begin(), rows.end(),
                     [&](const Model::Row& row) {
                       const v1::Breaker& it = row.breaker->breaker;
                       return (troubled_ && !InTrouble(it)) ||
                              !absl::StrContains(
                                  absl::AsciiStrToLower(NameText(it.name())),
                                  absl::AsciiStrToLower(filter_));
                     }),
      rows.end());
  const auto by = [&](auto less) {
    std::stable_sort(rows.begin(), rows.end(),
                     [&](const Model::Row& a, const Model::Row& b) {
                       return less(a.breaker->breaker, b.breaker->breaker);
                     });
  };
  switch (order_) {
    case Order::kTrouble:  // the order of the model
      break;
    case Order::kName:
      by([](const v1::Breaker& a, const v1::Breaker& b) {
        return NameText(a.name()) < NameText(b.name());
      });
      break;
    case Order::kRejected:
      by([](const v1::Breaker& a, const v1::Breaker& b) {
        return Rejected(a.totals()) > Rejected(b.totals());
      });
      break;
    case Order::kAge:
      by([](const v1::Breaker& a, const v1::Breaker& b) {
        return AgeOf(a) > AgeOf(b);
      });
      break;
  }
  return rows;
}

std::string View::Text() const {
  std::string text;
  const auto add = [&](const std::string& part) {
    text += (text.empty() ? "" : ", ") + part;
  };
  if (order_ == Order::kName) add("sorted by name");
  if (order_ == Order::kRejected) add("most rejections first");
  if (order_ == Order::kAge) add("longest outage first");
  if (troubled_) add("in trouble only");
  if (typing_ || !filter_.empty()) add("/" + filter_ + (typing_ ? "_" : ""));
  return text;
}

std::vector<std::string> View::HelpLines() {
  return {
      "s            sort: trouble first, by name, by rejections, by outage",
      "t            show only breakers that are not CLOSED or are held",
      "/            type a part of a name to filter by, then press Enter",
      "Escape       show all names again",
      "up, down     scroll; so do page up, page down, home and end",
      "q            quit",
      "?            leave this page",
  };
}

}  // namespace fusebox::tool
