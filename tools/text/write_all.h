// write_all.h: writes a whole text to a file descriptor.

#ifndef FUSEBOX_TOOLS_TEXT_WRITE_ALL_H_
#define FUSEBOX_TOOLS_TEXT_WRITE_ALL_H_

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string_view>

namespace fusebox::tool {

// Writes `text`, and waits where the file takes no more for now. Returns 0, or
// errno if the rest of the text cannot be written.
inline int WriteAll(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd room = {file, POLLOUT, 0};
      poll(&room, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_TEXT_WRITE_ALL_H_
