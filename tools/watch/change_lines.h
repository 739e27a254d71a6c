// change_lines.h: a watch as lines, where there is no terminal.

#ifndef FUSEBOX_TOOLS_WATCH_CHANGE_LINES_H_
#define FUSEBOX_TOOLS_WATCH_CHANGE_LINES_H_

#include <grpcpp/support/status.h>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "fusebox/v1/admin.pb.h"
#include "tools/admin/address.h"
#include "tools/watch/event_feed.h"

namespace fusebox::tool {

// Not thread-safe.
class ChangeLines {
 public:
  explicit ChangeLines(const std::vector<AdminAddress>& addresses);

  // A line for each breaker that is new or gone, or has another state or mode
  // than the last time, and what is to be said of the process. With newlines;
  // mostly empty.
  std::string Take(size_t process, const v1::WatchBreakersResponse& response,
                   const EventFeed::News& news);

  // Said once a loss, not once an attempt.
  std::string Lose(size_t process, const grpc::Status& status);

 private:
  struct Known {
    std::string prefix;  // of its lines
    bool lost = false;
    std::map<std::string, std::string> said;  // by the breaker's name
  };

  std::vector<Known> processes_;
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_WATCH_CHANGE_LINES_H_
