// name_of.h: reads the name of a breaker from a message.

#ifndef FUSEBOX_TOOLS_ADMIN_NAME_OF_H_
#define FUSEBOX_TOOLS_ADMIN_NAME_OF_H_

#include "fusebox/registry/breaker_name.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox::tool {

inline BreakerName NameOf(const v1::BreakerName& name) {
  return {name.target(), name.method(), name.key()};
}

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_ADMIN_NAME_OF_H_
