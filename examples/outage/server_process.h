// server_process.h: starts, stops and kills the server's process.
//
//   ServerProcess server;
//   if (!server.Start()) return 1;
//   ... 127.0.0.1:server.port() ...
//   server.Kill();
//   server.Start();  // on the same port
//
// Each function returns when its step is complete, so that callers need not
// sleep.

#ifndef EXAMPLES_OUTAGE_SERVER_PROCESS_H_
#define EXAMPLES_OUTAGE_SERVER_PROCESS_H_

#include <sys/types.h>

namespace outage {

// Use it from one thread, which must live as long as the server: Linux kills
// the child when the thread that forked it ends.
class ServerProcess {
 public:
  ServerProcess() = default;
  ~ServerProcess() { Kill(); }

  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // Runs this program again as `--serve <port>` and waits until it serves. The
  // first start chooses the port. False if it does not come up.
  bool Start();

  // SIGKILL; true once the process is known to have died of it.
  bool Kill();

  // SIGSTOP; true once the process is known to stand still.
  bool Stop();

  // SIGCONT; true once the process is known to run.
  bool Continue();

  int port() const { return port_; }
  pid_t pid() const { return pid_; }  // 0: none

 private:
  // Sends `signal` and waits for the change that it makes. Returns waitpid's
  // status, or -1.
  int SendAndWait(int signal);

  pid_t pid_ = 0;
  int port_ = 0;
};

}  // namespace outage

#endif  // EXAMPLES_OUTAGE_SERVER_PROCESS_H_
