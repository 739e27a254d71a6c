// server_process.h: the server's process.
//
//   ServerProcess server;
//   if (!server.Start()) return 1;
//   ... 127.0.0.1:server.port() ...
//   server.Kill();
//   server.Start();  // on the same port

#ifndef DEMO_SERVER_PROCESS_H_
#define DEMO_SERVER_PROCESS_H_

#include "demo/child_process.h"

namespace outage {

class ServerProcess : public ChildProcess {
 public:
  // Runs this program again as `--serve <port>` and waits until it serves. The
  // first start chooses the port. Returns false if the server does not start.
  bool Start();

  int port() const { return port_; }

 private:
  int port_ = 0;
};

}  // namespace outage

#endif  // DEMO_SERVER_PROCESS_H_
