// socket_file.h: where a unix socket may be made that nobody else can reach.
//
// A socket's own mode is not heeded everywhere, its directory's is. So the
// directory must be this user's and nobody else may enter it; where there is
// none it is made so. A socket that a dead process left behind is removed; one
// that somebody listens on is not.

#ifndef FUSEBOX_ADMIN_INTERNAL_SOCKET_FILE_H_
#define FUSEBOX_ADMIN_INTERNAL_SOCKET_FILE_H_

#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace fusebox::internal {

// Not thread-safe.
class SocketFile {
 public:
  // What sockaddr_un holds on Linux.
  static constexpr size_t kMaxPathBytes = 107;

  // Makes way for a socket at `path`. Until Bound() it keeps other processes
  // that do the same waiting. Errors: INVALID_ARGUMENT for a path that is
  // empty, too long, or no file's; FAILED_PRECONDITION for a directory that is
  // no directory, another user's, or open to others, and where the path is
  // something else than a socket; ALREADY_EXISTS where somebody listens; what
  // the system says.
  static absl::StatusOr<std::unique_ptr<SocketFile>> Prepare(
      const std::string& path);

  // Removes the socket, if it is still the one that was bound, and the
  // directory, if it was made here and is empty.
  ~SocketFile();

  SocketFile(const SocketFile&) = delete;
  SocketFile& operator=(const SocketFile&) = delete;

  // The socket is there now.
  void Bound();

 private:
  SocketFile(std::string path, std::string directory);

  absl::Status PrepareDirectory();
  absl::Status RemoveStale();

  const std::string path_;
  const std::string directory_;
  bool made_directory_ = false;
  int lock_ = -1;  // the directory's descriptor, while locked
  bool bound_ = false;
  dev_t device_ = 0;  // of the socket
  ino_t inode_ = 0;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_SOCKET_FILE_H_
