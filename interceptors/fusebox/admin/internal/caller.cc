#include "fusebox/admin/internal/caller.h"

#include <dirent.h>
#include <grpcpp/security/auth_context.h>
#include <grpcpp/server_context.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"

namespace fusebox::internal {
namespace {

std::string UserName(uid_t uid) {
  std::array<char, 4096> buffer;
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) != 0 ||
      found == nullptr) {
    return "uid " + std::to_string(uid);
  }
  return found->pw_name;
}

// Returns who is at the other end, if the descriptor is a unix socket that this
// process has accepted: such a socket has the name that its listener has.
std::optional<uid_t> PeerOf(int descriptor) {
  sockaddr_un address{};
  socklen_t size = sizeof(address);
  if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) !=
          0 ||
      address.sun_family != AF_UNIX ||
      size <= offsetof(sockaddr_un, sun_path)) {
    return std::nullopt;
  }
  int listens = 0;
  socklen_t length = sizeof(listens);
  if (getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) !=
          0 ||
      listens != 0) {
    return std::nullopt;
  }
  ucred peer{};
  length = sizeof(peer);
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 ||
      peer.pid == 0) {
    return std::nullopt;
  }
  return peer.uid;
}

// Returns the users at the other ends of all such sockets.
std::set<std::string> Peers() {
  std::set<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir("/proc/self/fd"),
                                                      &closedir);
  if (directory == nullptr) return names;
  while (const dirent* const entry = readdir(directory.get())) {
    int descriptor = 0;
    if (!absl::SimpleAtoi(entry->d_name, &descriptor)) continue;
    if (const auto peer = PeerOf(descriptor)) names.insert(UserName(*peer));
  }
  return names;
}

}  // namespace

std::string CallerName(const grpc::CallbackServerContext& context) {
  const auto identity = context.auth_context();
  if (identity != nullptr && identity->IsPeerAuthenticated()) {
    for (const grpc::string_ref& name : identity->GetPeerIdentity()) {
      return {name.data(), name.size()};
    }
  }
  if (!absl::StartsWith(context.peer(), "unix")) return "";
  return absl::StrJoin(Peers(), " or ");
}

}  // namespace fusebox::internal
