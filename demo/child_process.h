// child_process.h: runs this program a second time, as another process.
//
//   ChildProcess child;
//   if (!child.Start({"--serve", "0"})) return 1;
//   const std::optional<std::string> line = child.AwaitLine(Now() +
//   seconds(9)); child.Kill();
//
// Each function returns when its step is complete, so that callers need not
// sleep.

#ifndef DEMO_CHILD_PROCESS_H_
#define DEMO_CHILD_PROCESS_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "demo/ledger.h"

namespace outage {

// Use it from one thread, which must live as long as the child: Linux kills the
// child when the thread that forked it ends. The child ignores Ctrl-C, so that
// its parent decides when it ends.
class ChildProcess {
 public:
  ChildProcess() = default;
  ~ChildProcess() { Kill(); }

  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Runs this program with these arguments. REQUIRES: no child is running.
  // Returns false if the operating system refuses.
  bool Start(const std::vector<std::string>& arguments);

  // Returns the next line that the child prints on its standard output. Returns
  // nothing if none comes until `until`, or if the child has ended.
  std::optional<std::string> AwaitLine(TimePoint until);

  // Sends SIGKILL. Returns true when the process has died of it.
  bool Kill();

  // Sends SIGSTOP. Returns true when the process has stopped.
  bool Stop();

  // Sends SIGCONT. Returns true when the process runs again.
  bool Continue();

  pid_t pid() const { return pid_; }  // 0 if there is none

  // Returns true if the child has closed its standard output, by ending.
  bool ended() const { return ended_; }

 private:
  // Sends `signal` and waits for the change that it makes. Returns waitpid's
  // status, or -1.
  int SendAndWait(int signal);

  pid_t pid_ = 0;
  int output_ = -1;
  bool ended_ = false;
  std::string unread_;  // what AwaitLine() has not returned yet
};

}  // namespace outage

#endif  // DEMO_CHILD_PROCESS_H_
