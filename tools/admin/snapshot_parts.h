// snapshot_parts.h: joins the parts of a long snapshot.

#ifndef FUSEBOX_TOOLS_ADMIN_SNAPSHOT_PARTS_H_
#define FUSEBOX_TOOLS_ADMIN_SNAPSHOT_PARTS_H_

#include <map>
#include <string>

#include "fusebox/v1/admin.pb.h"

namespace fusebox::tool {

// Joins the snapshots of one watch. Not thread-safe.
class SnapshotParts {
 public:
  // Takes the next response of the watch. Returns false if it is a part of a
  // snapshot that is not complete yet. Otherwise `*response` becomes the
  // complete snapshot, or stays as it is if it is a change. If two parts name
  // the same breaker, the later one counts.
  bool Join(v1::WatchBreakersResponse* response);

 private:
  bool joining_ = false;
  std::map<std::string, v1::Breaker> breakers_;  // by name
  v1::WatchBreakersResponse whole_;              // everything else
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_ADMIN_SNAPSHOT_PARTS_H_
