// dashboard.h: watches processes and serves a page that shows their breakers.

#ifndef FUSEBOX_TOOLS_DASHBOARD_DASHBOARD_H_
#define FUSEBOX_TOOLS_DASHBOARD_DASHBOARD_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/admin/address.h"
#include "tools/admin/process_set.h"
#include "tools/dashboard/page_server.h"
#include "tools/dashboard/relay.h"

namespace fusebox::tool {

class Dashboard {
 public:
  // Serves the page at once, even if the processes do not run yet. Shows also
  // the sockets that match `patterns`, as they come and go. Returns the error
  // of PageServer::Start() unchanged.
  static absl::StatusOr<std::unique_ptr<Dashboard>> Start(
      const std::vector<AdminAddress>& processes, PageServer::Options options,
      std::vector<AdminAddress> patterns = {});

  ~Dashboard();

  const PageServer& server() const { return *server_; }

 private:
  class Process;

  Dashboard();

  Relay relay_;
  // These are destroyed first, because they use the relay.
  std::vector<std::unique_ptr<Process>> processes_;
  std::unique_ptr<ProcessSet> set_;
  std::unique_ptr<PageServer> server_;
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_DASHBOARD_DASHBOARD_H_
