// child_process.h: runs a program for a test, and ends it with the test.

#ifndef FUSEBOX_TESTS_MONITORING_CHILD_PROCESS_H_
#define FUSEBOX_TESTS_MONITORING_CHILD_PROCESS_H_

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace fusebox {

// A temporary folder. The destructor removes it and everything in it.
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

// A child process. The destructor kills it, and the system does if the test
// dies first.
class ChildProcess {
 public:
  // Writes everything that the program prints, on either stream, to the file
  // `output`. If the program's name has no slash, it is searched for in PATH.
  ChildProcess(const std::vector<std::string>& command,
               const std::filesystem::path& output);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Returns what the program has printed so far.
  std::string Output() const;

  // Sends SIGTERM and waits for the end. Returns the exit code, or -1 if the
  // program did not exit normally.
  int Terminate();

  bool IsRunning();

 private:
  const std::filesystem::path output_;
  pid_t pid_ = -1;  // -1 after its end
  int status_ = 0;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_MONITORING_CHILD_PROCESS_H_
