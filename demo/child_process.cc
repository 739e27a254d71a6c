#include "demo/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "demo/ledger.h"

namespace outage {

bool ChildProcess::Start(const std::vector<std::string>& arguments) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;

  // This is made before the fork, because the child of a process with threads
  // must not allocate.
  std::vector<char*> words = {const_cast<char*>("outage")};
  for (const std::string& argument : arguments) {
    words.push_back(const_cast<char*>(argument.c_str()));
  }
  words.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);  // the parent died before prctl()
    signal(SIGINT, SIG_IGN);            // stays so in the program
    dup2(ends[1], STDOUT_FILENO);
    execv("/proc/self/exe", words.data());
    _exit(1);
  }
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    return false;
  }
  pid_ = pid;
  output_ = ends[0];
  ended_ = false;
  unread_.clear();
  return true;
}

std::optional<std::string> ChildProcess::AwaitLine(TimePoint until) {
  while (true) {
    if (const size_t end = unread_.find('\n'); end != std::string::npos) {
      std::string line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return line;
    }
    if (output_ < 0 || ended_) return std::nullopt;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - Now());
    pollfd wanted{output_, POLLIN, 0};
    const int ready =
        poll(&wanted, 1, std::max(0, static_cast<int>(left.count())));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return std::nullopt;
    char buffer[4096];
    const ssize_t size = read(output_, buffer, sizeof(buffer));
    if (size > 0) {
      unread_.append(buffer, static_cast<size_t>(size));
    } else {
      ended_ = true;
    }
  }
}

int ChildProcess::SendAndWait(int signal) {
  if (pid_ == 0 || kill(pid_, signal) != 0) return -1;
  int status = -1;
  pid_t changed;
  do {
    changed = waitpid(pid_, &status, WUNTRACED | WCONTINUED);
  } while (changed < 0 && errno == EINTR);
  return changed == pid_ ? status : -1;
}

bool ChildProcess::Kill() {
  const int status = SendAndWait(SIGKILL);
  pid_ = 0;
  if (output_ >= 0) close(output_);
  output_ = -1;
  return status != -1 && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

bool ChildProcess::Stop() {
  const int status = SendAndWait(SIGSTOP);
  return status != -1 && WIFSTOPPED(status);
}

bool ChildProcess::Continue() {
  const int status = SendAndWait(SIGCONT);
  return status != -1 && WIFCONTINUED(status);
}

}  // namespace outage
