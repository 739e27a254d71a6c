// change_lines.h: prints a watch as lines if there is no terminal.

#ifndef FUSEBOX_TOOLS_WATCH_CHANGE_LINES_H_
#define FUSEBOX_TOOLS_WATCH_CHANGE_LINES_H_

#include <grpcpp/support/status.h>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "fusebox/registry/breaker_name.h"
#include "fusebox/v1/admin.pb.h"
#include "tools/admin/address.h"
#include "tools/watch/event_feed.h"

namespace fusebox::tool {

// Not thread-safe.
class ChangeLines {
 public:
  // Adds a process. Its number is that of the processes before.
  void Add(const AdminAddress& address);

  // Returns one line for each breaker that is new, is gone, or has changed its
  // state or mode, and lines about the process itself. Each line ends with a
  // newline. The text is often empty.
  std::string Take(size_t process, const v1::WatchBreakersResponse& response,
                   const EventFeed::News& news);

  // Returns a line if the process was connected until now, else an empty
  // string.
  std::string Lose(size_t process, const grpc::Status& status);

 private:
  struct Known {
    std::string name;
    bool lost = false;
    std::map<BreakerName, std::string> said;  // the last text of each breaker
  };

  // Returns how a line about the process begins.
  std::string PrefixOf(const Known& known) const;

  std::vector<Known> processes_;
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_WATCH_CHANGE_LINES_H_
