// child_process.h: a program that a test runs, gone when the test is.

#ifndef FUSEBOX_TESTS_MONITORING_CHILD_PROCESS_H_
#define FUSEBOX_TESTS_MONITORING_CHILD_PROCESS_H_

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace fusebox {

// A folder of the test's own; it goes with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Killed at its end, and by the system should the test die first.
class ChildProcess {
 public:
  // What it prints, on either stream, goes to `output`. A program without a
  // slash is looked for in PATH.
  ChildProcess(const std::vector<std::string>& command,
               const std::filesystem::path& output);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // What it has printed so far.
  std::string Output() const;

  // Asks it to end (SIGTERM); returns its exit code, or -1 if it ended
  // otherwise.
  int Terminate();

  bool IsRunning();

 private:
  const std::filesystem::path output_;
  pid_t pid_ = -1;  // -1: it is no more
  int status_ = 0;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_MONITORING_CHILD_PROCESS_H_
