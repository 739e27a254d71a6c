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

#ifndef DEMO_SERVER_PROCESS_H_
#define DEMO_SERVER_PROCESS_H_

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
  // first start chooses the port. Returns false if the server does not start.
  bool Start();

  // Sends SIGKILL. Returns true when the process has died of it.
  bool Kill();

  // Sends SIGSTOP. Returns true when the process has stopped.
  bool Stop();

  // Sends SIGCONT. Returns true when the process runs again.
  bool Continue();

  int port() const { return port_; }
  pid_t pid() const { return pid_; }  // 0 if there is none

 private:
  // Sends `signal` and waits for the change that it makes. Returns waitpid's
  // status, or -1.
  int SendAndWait(int signal);

  pid_t pid_ = 0;
  int port_ = 0;
};

}  // namespace outage

#endif  // DEMO_SERVER_PROCESS_H_
