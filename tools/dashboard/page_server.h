// page_server.h: serves the page and its messages over HTTP.
//
//   absl::StatusOr<std::unique_ptr<PageServer>> server =
//       PageServer::Start(&relay, {});
//   std::cout << (*server)->url() << "\n";  // "http://127.0.0.1:40123/"
//
// GET / returns the page. GET /events returns the messages of the relay
// (relay.h) as server-sent events: everything first, then each change, at most
// ten messages per second. The server refuses every other request, and each
// request whose Host header does not name this server (host_check.h). No
// request can change anything.
//
// The server disconnects a viewer that does not read for three seconds;
// browsers reconnect by themselves. Viewers beyond `max_viewers` get status
// 503.

#ifndef FUSEBOX_TOOLS_DASHBOARD_PAGE_SERVER_H_
#define FUSEBOX_TOOLS_DASHBOARD_PAGE_SERVER_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "tools/dashboard/relay.h"

namespace httplib {
class Server;
struct Request;
struct Response;
}  // namespace httplib

namespace fusebox::tool {

class PageServer {
 public:
  struct Options {
    std::string host = "127.0.0.1";  // the address to listen on
    int port = 0;                    // 0 chooses a free port
    size_t max_viewers = 32;
  };

  // Listens and serves. `relay` must outlive the server. Fails with UNAVAILABLE
  // if it cannot listen on that address and port.
  static absl::StatusOr<std::unique_ptr<PageServer>> Start(Relay* relay,
                                                           Options options);

  // Closes the relay and blocks until all viewers are disconnected. This takes
  // a few seconds if a viewer does not read.
  ~PageServer();

  PageServer(const PageServer&) = delete;
  PageServer& operator=(const PageServer&) = delete;

  int port() const { return port_; }
  std::string url() const;

 private:
  PageServer(Relay* relay, Options options);

  void Route();
  void ServeMessages(httplib::Response* response);

  Relay& relay_;
  const Options options_;
  const std::unique_ptr<httplib::Server> server_;
  // The number of viewers, which their connections share.
  const std::shared_ptr<std::atomic<size_t>> viewers_;
  int port_ = 0;
  std::thread thread_;  // accepts connections
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_DASHBOARD_PAGE_SERVER_H_
