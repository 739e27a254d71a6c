// snapshot_parts.h: the parts of a long snapshot, joined.

#ifndef FUSEBOX_TOOLS_ADMIN_SNAPSHOT_PARTS_H_
#define FUSEBOX_TOOLS_ADMIN_SNAPSHOT_PARTS_H_

#include <map>
#include <string>

#include "fusebox/v1/admin.pb.h"

namespace fusebox::tool {

// Of one watch. Not thread-safe.
class SnapshotParts {
 public:
  // The watch's next response. False: it is a part of a snapshot that is not
  // whole yet. True: `*response` is whole, or part of no snapshot and as it
  // was. What a later part says of a breaker is newer.
  bool Join(v1::WatchBreakersResponse* response);

 private:
  bool joining_ = false;
  std::map<std::string, v1::Breaker> breakers_;  // by name
  v1::WatchBreakersResponse whole_;              // but for those
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_ADMIN_SNAPSHOT_PARTS_H_
