// card.h: one breaker as the page shows it.

#ifndef FUSEBOX_TOOLS_DASHBOARD_CARD_H_
#define FUSEBOX_TOOLS_DASHBOARD_CARD_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <nlohmann/json.hpp>
#include <string>

#include "fusebox/v1/admin.pb.h"
#include "tools/dashboard/rate_history.h"
#include "tools/dashboard/section.h"

namespace fusebox::tool {

// Its parts are sections: `name`, `rules`, `state`, `counts`, `events`, and the
// rates of the last minute. Thread-compatible.
class Card {
 public:
  static constexpr size_t kMostText = 1024;  // bytes of a name or a cause
  static constexpr size_t kMostEvents = 20;

  Card(uint64_t id, size_t process) : id_(id), process_(process) {}

  // Whether the calls of a Take() were made since the one before: in the last
  // second, at most. Else nobody saw when.
  enum class Calls { kSinceLast, kUnseen };

  // The breaker as it is at `now`.
  void Take(const v1::Breaker& breaker, Calls calls, Millis now,
            Version version);

  // Something that happened to it at `at`. Events that it has are not taken
  // twice; of the others, the newest are kept.
  void TakeEvent(const v1::Event& event, Millis at, Version version);

  // The events that come are of a process that numbers them anew.
  void ForgetSequence();

  // Whether there is something newer.
  bool IsNewer(Version than) const { return version_ > than; }

  // Appends it as an object, with the sections that are newer.
  void Append(Version than, std::string* json) const;

  uint64_t id() const { return id_; }

 private:
  struct Happened {
    uint64_t sequence;
    nlohmann::json json;
  };

  // Makes the newest version its own, if the section changed.
  void Set(Section* section, const nlohmann::json& value, Version version);

  const uint64_t id_;
  const size_t process_;
  Version version_ = 0;  // of the newest section

  Section name_;
  Section rules_;
  Section state_;
  Section counts_;
  Section events_;
  RateHistory rates_;
  Millis taken_ = Millis::min();
  std::deque<Happened> happened_;  // sorted by sequence

  // As they were told of last.
  uint64_t generation_ = 0;
  Millis since_{0};
  Millis probe_at_{0};
  Millis mode_ends_at_{0};
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_DASHBOARD_CARD_H_
