// section.h: a part of what a page shows, as JSON, and when it last changed.
//
// A viewer says the version that it has; what is newer is sent. So nothing is
// kept for any viewer but a number, however slowly it reads.

#ifndef FUSEBOX_TOOLS_DASHBOARD_SECTION_H_
#define FUSEBOX_TOOLS_DASHBOARD_SECTION_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "google/protobuf/duration.pb.h"

namespace fusebox::tool {

// Times of the dashboard: milliseconds since it began.
using Millis = std::chrono::milliseconds;

// Counts changes of a fleet from 1; 0 is before all.
using Version = uint64_t;

class Section {
 public:
  // Whether it is another than before.
  bool Set(const nlohmann::json& value, Version version) {
    // Bytes that are no UTF-8 become U+FFFD.
    std::string text =
        value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    if (text == text_) return false;
    text_ = std::move(text);
    version_ = version;
    return true;
  }

  // Appends `,"name":{...}` if it is newer than that.
  void AppendIfNewer(Version than, std::string_view name,
                     std::string* json) const {
    if (version_ <= than) return;
    *json += ",\"";
    *json += name;
    *json += "\":";
    *json += text_;
  }

  Version version() const { return version_; }

 private:
  std::string text_;
  Version version_ = 0;
};

// The text, its end replaced by "..." where it has more bytes than that.
inline std::string Clip(const std::string& text, size_t most) {
  if (text.size() <= most) return text;
  size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
    --end;  // not in the middle of a character
  }
  return text.substr(0, end) + "...";
}

// Rounded down; what the type cannot hold, and no process means, is its end.
inline Millis ToMillis(const google::protobuf::Duration& duration) {
  constexpr int64_t kMost = int64_t{1} << 50;
  const int64_t seconds = duration.seconds() > kMost / 1000 ? kMost / 1000
                          : duration.seconds() < -kMost / 1000
                              ? -kMost / 1000
                              : duration.seconds();
  return Millis(seconds * 1000 + duration.nanos() / 1'000'000);
}

// `now`, or `before` where that is as good: what is counted from moments that
// arrive a little early or late is told of once.
inline Millis Steady(Millis before, Millis now) {
  constexpr Millis kJitter{250};
  const Millis difference = now > before ? now - before : before - now;
  return difference <= kJitter ? before : now;
}

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_DASHBOARD_SECTION_H_
