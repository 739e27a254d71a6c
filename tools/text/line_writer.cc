#include "tools/text/line_writer.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <system_error>

#include "fusebox/base/mutex.h"
#include "tools/text/write_all.h"

namespace fusebox::tool {
namespace {

void Close(int* file) {
  if (*file >= 0) close(*file);
  *file = -1;
}

}  // namespace

LineWriter::LineWriter() {
  if (pipe2(failed_, O_CLOEXEC) != 0) failed_[0] = failed_[1] = -1;
}

LineWriter::~LineWriter() {
  Close(&failed_[0]);
  Close(&failed_[1]);
}

void LineWriter::Write(const std::string& text) {
  const MutexLock lock(mu_);
  if (error_ != 0) return;
  error_ = WriteAll(STDOUT_FILENO, text);
  if (error_ != 0) Close(&failed_[1]);
}

std::string LineWriter::AwaitEnd() {
  // Both tell of an end although no event is asked for.
  pollfd sources[] = {{STDOUT_FILENO, 0, 0}, {failed_[0], 0, 0}};
  while (poll(sources, 2, -1) < 0 && errno == EINTR) {
  }
  int error = 0;
  {
    const MutexLock lock(mu_);
    error = error_;
  }
  if (error == 0) {
    raise(SIGPIPE);
    error = EPIPE;
  }
  return std::generic_category().message(error);
}

}  // namespace fusebox::tool
