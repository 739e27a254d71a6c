#include "demo/server_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <string>

#include "demo/ledger.h"

namespace outage {
namespace {

constexpr std::chrono::seconds kStartTimeout{30};

// Reads up to the first newline. Returns an empty string if none comes, because
// the writer is gone or late.
std::string ReadLine(int fd) {
  std::string line;
  const TimePoint give_up = Now() + kStartTimeout;
  while (Now() < give_up) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(give_up - Now());
    pollfd wanted{fd, POLLIN, 0};
    const int ready = poll(&wanted, 1, static_cast<int>(left.count()));
    if (ready < 0 && errno == EINTR) continue;
    char c = 0;
    if (ready <= 0 || read(fd, &c, 1) != 1) break;
    if (c == '\n') return line;
    line += c;
  }
  return "";
}

}  // namespace

bool ServerProcess::Start() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;

  // This is made before the fork, because the child of a process with threads
  // must not allocate.
  const std::string port = std::to_string(port_);
  const char* const arguments[] = {"outage", "--serve", port.c_str(), nullptr};
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);  // the parent died before prctl()
    dup2(ends[1], STDOUT_FILENO);
    execv("/proc/self/exe", const_cast<char* const*>(arguments));
    _exit(1);
  }
  close(ends[1]);
  if (pid_ < 0) pid_ = 0;

  const std::string line = ReadLine(ends[0]);
  close(ends[0]);
  if (pid_ > 0 && std::sscanf(line.c_str(), "ready %d", &port_) == 1) {
    return true;
  }
  Kill();
  return false;
}

int ServerProcess::SendAndWait(int signal) {
  if (pid_ == 0 || kill(pid_, signal) != 0) return -1;
  int status = -1;
  pid_t changed;
  do {
    changed = waitpid(pid_, &status, WUNTRACED | WCONTINUED);
  } while (changed < 0 && errno == EINTR);
  return changed == pid_ ? status : -1;
}

bool ServerProcess::Kill() {
  const int status = SendAndWait(SIGKILL);
  pid_ = 0;
  return status != -1 && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

bool ServerProcess::Stop() {
  const int status = SendAndWait(SIGSTOP);
  return status != -1 && WIFSTOPPED(status);
}

bool ServerProcess::Continue() {
  const int status = SendAndWait(SIGCONT);
  return status != -1 && WIFCONTINUED(status);
}

}  // namespace outage
