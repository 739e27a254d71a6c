#include "fusebox/admin/internal/socket_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/base/text.h"

namespace fusebox::internal {
namespace {

absl::Status SystemError(const std::string& what) {
  return absl::ErrnoToStatus(errno, what);
}

// "/run/cart/admin.sock" -> "/run/cart", "admin.sock" -> ".".
std::string DirectoryOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string Octal(mode_t mode) {
  char text[16];
  std::snprintf(text, sizeof(text), "%04o",
                static_cast<unsigned>(mode & 07777));
  return text;
}

// Whether somebody listens at the path.
bool IsInUse(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int probe =
      socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) return true;  // unknown
  const int result =
      connect(probe, reinterpret_cast<sockaddr*>(&address), sizeof(address));
  const bool refused = result != 0 && errno == ECONNREFUSED;
  close(probe);
  return !refused;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SocketFile>> SocketFile::Prepare(
    const std::string& path) {
  if (path.empty() || path.back() == '/' ||
      path.find('\0') != std::string::npos) {
    return absl::InvalidArgumentError(
        "the path of a socket must be a file's, is " + Quoted(path));
  }
  if (path.size() > kMaxPathBytes) {
    return absl::InvalidArgumentError(
        "the path of a socket must be at most " +
        std::to_string(kMaxPathBytes) + " bytes, is " +
        std::to_string(path.size()) + ": " + Quoted(path));
  }
  std::unique_ptr<SocketFile> file(new SocketFile(path, DirectoryOf(path)));
  if (absl::Status status = file->PrepareDirectory(); !status.ok()) {
    return status;
  }
  if (absl::Status status = file->RemoveStale(); !status.ok()) return status;
  return file;
}

SocketFile::SocketFile(std::string path, std::string directory)
    : path_(std::move(path)), directory_(std::move(directory)) {}

SocketFile::~SocketFile() {
  struct stat found = {};
  if (bound_ && lstat(path_.c_str(), &found) == 0 && found.st_dev == device_ &&
      found.st_ino == inode_) {
    unlink(path_.c_str());
  }
  if (lock_ >= 0) close(lock_);
  if (made_directory_) rmdir(directory_.c_str());
}

absl::Status SocketFile::PrepareDirectory() {
  if (mkdir(directory_.c_str(), 0700) == 0) {
    made_directory_ = true;
  } else if (errno != EEXIST) {
    return SystemError("cannot make the directory " + Quoted(directory_));
  }
  lock_ =
      open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (lock_ < 0) {
    if (errno == ENOTDIR || errno == ELOOP) {
      return absl::FailedPreconditionError(
          "a socket's directory must be a directory, and no link to one: " +
          Quoted(directory_));
    }
    return SystemError("cannot open the directory " + Quoted(directory_));
  }
  struct stat found = {};
  if (fstat(lock_, &found) != 0) {
    return SystemError("cannot look at the directory " + Quoted(directory_));
  }
  if (found.st_uid != geteuid()) {
    return absl::FailedPreconditionError(
        "the directory " + Quoted(directory_) + " must belong to user " +
        std::to_string(geteuid()) + ", belongs to " +
        std::to_string(found.st_uid));
  }
  if ((found.st_mode & 077) != 0) {
    return absl::FailedPreconditionError(
        "the directory " + Quoted(directory_) +
        " must be closed to others (mode 0700), its mode is " +
        Octal(found.st_mode));
  }
  while (flock(lock_, LOCK_EX) != 0) {
    if (errno == EINTR) continue;
    return SystemError("cannot lock the directory " + Quoted(directory_));
  }
  return absl::OkStatus();
}

absl::Status SocketFile::RemoveStale() {
  struct stat found = {};
  if (lstat(path_.c_str(), &found) != 0) {
    if (errno == ENOENT) return absl::OkStatus();
    return SystemError("cannot look at " + Quoted(path_));
  }
  if (!S_ISSOCK(found.st_mode)) {
    return absl::FailedPreconditionError(Quoted(path_) +
                                         " is there and is no socket");
  }
  if (IsInUse(path_)) {
    return absl::AlreadyExistsError("another process listens on " +
                                    Quoted(path_));
  }
  if (unlink(path_.c_str()) != 0) {
    return SystemError("cannot remove the stale socket " + Quoted(path_));
  }
  return absl::OkStatus();
}

void SocketFile::Bound() {
  struct stat found = {};
  if (lstat(path_.c_str(), &found) == 0) {
    bound_ = true;
    device_ = found.st_dev;
    inode_ = found.st_ino;
  }
  close(std::exchange(lock_, -1));
}

}  // namespace fusebox::internal
