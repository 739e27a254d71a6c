// view.h: turns values of a registry into messages of the admin service.
//
// The breakers' clock does not know the time of day. A time of that clock is
// therefore shown as the wall clock's time now, minus how long ago it was. This
// is right for people, and differs a little each time.

#ifndef FUSEBOX_ADMIN_INTERNAL_VIEW_H_
#define FUSEBOX_ADMIN_INTERNAL_VIEW_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fusebox/admin/internal/mode_limits.h"
#include "fusebox/base/clock.h"
#include "fusebox/policy/policy.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/registry.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox::internal {

// One moment on both clocks.
struct Moment {
  static Moment Now(const Clock& clock);

  std::chrono::system_clock::time_point WallOf(TimePoint then) const;

  TimePoint at;
  std::chrono::system_clock::time_point wall;
};

// A breaker at one moment, with what the registry does not know.
struct BreakerView {
  BreakerName shown;  // its name, as clients see it
  MethodSnapshot now;

  // The mode that an operator has set through the admin service.
  std::optional<ModeLimits::Hold> hold;

  uint64_t last_event = 0;
};

// Returns the text as clients see it. Messages hold only UTF-8, but a name may
// hold any bytes: a text that is not UTF-8 is escaped as in C.
std::string Shown(const std::string& text);
BreakerName Shown(const BreakerName& name);

void ToProto(const BreakerName& shown, v1::BreakerName* proto);
BreakerName FromProto(const v1::BreakerName& proto);

void ToProto(const BreakerView& view, const Moment& moment, v1::Breaker* proto);
void ToProto(const Event& event, v1::Event* proto);
void ToProto(const Policy& policy, v1::Policy* proto);

void ToProto(Duration duration, google::protobuf::Duration* proto);
void ToProto(std::chrono::system_clock::time_point time,
             google::protobuf::Timestamp* proto);

Mode FromProto(v1::Policy::Mode mode);

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_VIEW_H_
