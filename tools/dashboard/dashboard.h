// dashboard.h: watches processes and serves the page that shows them.

#ifndef FUSEBOX_TOOLS_DASHBOARD_DASHBOARD_H_
#define FUSEBOX_TOOLS_DASHBOARD_DASHBOARD_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/admin/address.h"
#include "tools/admin/connection.h"
#include "tools/admin/process_watcher.h"
#include "tools/dashboard/board.h"
#include "tools/dashboard/page_server.h"

namespace fusebox::tool {

class Dashboard {
 public:
  // Serves from the start; processes need not be there yet. Errors: as
  // PageServer::Start().
  static absl::StatusOr<std::unique_ptr<Dashboard>> Start(
      const std::vector<AdminAddress>& processes, PageServer::Options options);

  const PageServer& server() const { return *server_; }

 private:
  explicit Dashboard(const std::vector<AdminAddress>& processes);

  void Watch(size_t process, const AdminAddress& address);
  void ReadPast(size_t process);

  Board board_;
  std::vector<std::unique_ptr<Connection>> connections_;  // by process
  // Destroyed from here up: nobody is told of a board that is gone.
  std::vector<std::unique_ptr<ProcessWatcher>> watchers_;
  std::unique_ptr<PageServer> server_;
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_DASHBOARD_DASHBOARD_H_
