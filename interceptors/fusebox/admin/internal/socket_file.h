// socket_file.h: prepares the path of a unix socket that no other user can
// reach.
//
// Not every system checks the mode of a socket, but every system checks the
// mode of its directory. The directory must therefore belong to this user, and
// no other user may enter it. If it is missing, it is created that way. A
// socket that a dead process left behind is removed, unless somebody listens on
// it.

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
  // The longest path that sockaddr_un holds on Linux.
  static constexpr size_t kMaxPathBytes = 107;

  // Makes `path` free for a socket. Until Bound(), other processes that do the
  // same wait. Errors: INVALID_ARGUMENT if the path is empty or too long, or
  // cannot be a file; FAILED_PRECONDITION if the directory is not one, belongs
  // to another user or is open to others, or if the path is something else than
  // a socket; ALREADY_EXISTS if somebody listens there; errors of the system.
  static absl::StatusOr<std::unique_ptr<SocketFile>> Prepare(
      const std::string& path);

  // Removes the socket if it is still the one that was bound, and the directory
  // if Prepare() created it and it is empty.
  ~SocketFile();

  SocketFile(const SocketFile&) = delete;
  SocketFile& operator=(const SocketFile&) = delete;

  // Reports that the socket exists now.
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
