#include "tests/tools/pty.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

namespace fusebox {
namespace {

winsize SizeOf(size_t rows, size_t columns) {
  winsize size = {};
  size.ws_row = static_cast<unsigned short>(rows);
  size.ws_col = static_cast<unsigned short>(columns);
  return size;
}

}  // namespace

Pty::Pty(const std::vector<std::string>& arguments, const Options& options)
    : terminal_(options.rows, options.columns) {
  std::vector<std::string> command = {FUSEBOX_TOOL};
  command.insert(command.end(), arguments.begin(), arguments.end());
  Start(command, options);
}

Pty Pty::Shell(const std::string& line) { return Pty(line); }

Pty::Pty(const std::string& shell_line) : terminal_(24, 100) {
  Options options;
  options.environment.push_back(std::string("FUSEBOX=") + FUSEBOX_TOOL);
  Start({"/bin/bash", "--norc", "-mc", shell_line}, options);
}

void Pty::Start(const std::vector<std::string>& command,
                const Options& options) {
  // Everything that is used after fork() is created before it, because there
  // are other threads.
  std::vector<char*> arguments;
  for (const std::string& word : command) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  std::vector<char*> environment;
  for (const std::string& variable : options.environment) {
    environment.push_back(const_cast<char*>(variable.c_str()));
  }
  environment.push_back(nullptr);
  const winsize size = SizeOf(options.rows, options.columns);
  pid_ = forkpty(&fd_, nullptr, nullptr, &size);
  if (pid_ == 0) {
    execve(arguments[0], arguments.data(), environment.data());
    _exit(127);
  }
  ASSERT_GT(pid_, 0);
}

Pty::~Pty() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (fd_ >= 0) close(fd_);
}

void Pty::Type(const std::string& keys) {
  EXPECT_EQ(write(fd_, keys.data(), keys.size()),
            static_cast<ssize_t>(keys.size()));
}

void Pty::Send(int signal) { EXPECT_EQ(kill(pid_, signal), 0); }

void Pty::Resize(size_t rows, size_t columns) {
  terminal_.Resize(rows, columns);
  const winsize size = SizeOf(rows, columns);
  EXPECT_EQ(ioctl(fd_, TIOCSWINSZ, &size), 0);
}

void Pty::HangUp() {
  close(fd_);
  fd_ = -1;
}

bool Pty::Read() {
  char buffer[4096];
  ssize_t size;
  do {
    size = read(fd_, buffer, sizeof(buffer));
  } while (size < 0 && errno == EINTR);
  if (size <= 0) return false;  // EIO: no process has it open
  const std::string text(buffer, static_cast<size_t>(size));
  bytes_ += text;
  unseen_ += text;
  return true;
}

bool Pty::ShowNext() {
  const std::string frame_end = "\x1b[J";
  if (unseen_.empty()) return false;
  size_t size = unseen_.find(frame_end);
  size = size == std::string::npos ? unseen_.size() : size + frame_end.size();
  terminal_.Write(unseen_.substr(0, size));
  unseen_.erase(0, size);
  return true;
}

void Pty::Await(const std::string& what, const std::function<bool()>& is_so) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  bool more = true;
  while (!terminal_.whole() || !is_so()) {
    if (ShowNext()) continue;
    ASSERT_TRUE(more && std::chrono::steady_clock::now() < end)
        << "waited for " << what << "; there is\n"
        << Text();
    pollfd source = {fd_, POLLIN, 0};
    if (poll(&source, 1, 100) > 0) more = Read();
  }
}

bool Pty::Shows(const std::string& text) const {
  return Text().find(text) != std::string::npos;
}

void Pty::AwaitText(const std::string& text) {
  Await(text, [&] { return Shows(text); });
}

void Pty::AwaitNoText(const std::string& text) {
  Await("no " + text, [&] { return !Shows(text); });
}

int Pty::AwaitExit() {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  for (bool more = true; more;) {
    if (std::chrono::steady_clock::now() > end) {
      ADD_FAILURE() << "it does not end; there is\n" << Text();
      return -1;
    }
    pollfd source = {fd_, POLLIN, 0};
    if (poll(&source, 1, 100) > 0) more = Read();
  }
  while (ShowNext()) {
  }
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool Pty::IsCooked() const {
  termios state = {};
  EXPECT_EQ(tcgetattr(fd_, &state), 0);
  return (state.c_lflag & ECHO) != 0 && (state.c_lflag & ICANON) != 0;
}

}  // namespace fusebox
