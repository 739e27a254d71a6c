// page_server.h: serves the page and its news over HTTP.
//
//   absl::StatusOr<std::unique_ptr<PageServer>> server =
//       PageServer::Start(&board, {});
//   std::cout << (*server)->url() << "\n";  // "http://127.0.0.1:40123/"
//
// GET / is the page; GET /events the news of the board (fleet.h) as server-sent
// events: everything first, then what changes, at most ten times a second. All
// else is refused, and so is a request whose Host header is not this server's
// (host_check.h). There is nothing that a request could change.
//
// A viewer that does not read for three seconds is cut off; browsers come back
// by themselves. One viewer more than may is answered with 503.

#ifndef FUSEBOX_TOOLS_DASHBOARD_PAGE_SERVER_H_
#define FUSEBOX_TOOLS_DASHBOARD_PAGE_SERVER_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "tools/dashboard/board.h"

namespace httplib {
class Server;
struct Request;
struct Response;
}  // namespace httplib

namespace fusebox::tool {

class PageServer {
 public:
  struct Options {
    std::string host = "127.0.0.1";  // to listen on
    int port = 0;                    // 0: a free one
    size_t most_viewers = 32;
  };

  // Listens. The board must outlive the server. Errors: UNAVAILABLE where it
  // cannot listen there.
  static absl::StatusOr<std::unique_ptr<PageServer>> Start(Board* board,
                                                           Options options);

  // Closes the board, says goodbye to all viewers, and returns once they are
  // gone: within three seconds, also where one does not read.
  ~PageServer();

  PageServer(const PageServer&) = delete;
  PageServer& operator=(const PageServer&) = delete;

  int port() const { return port_; }
  std::string url() const;

 private:
  PageServer(Board* board, Options options);

  void Route();
  void ServeNews(httplib::Response* response);

  Board& board_;
  const Options options_;
  const std::unique_ptr<httplib::Server> server_;
  // Shared with each viewer's connection, which outlives nothing here but is
  // the library's to end.
  const std::shared_ptr<std::atomic<size_t>> viewers_;
  int port_ = 0;
  std::thread thread_;  // accepts
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_DASHBOARD_PAGE_SERVER_H_
