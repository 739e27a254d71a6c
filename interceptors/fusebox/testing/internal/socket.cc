#include "fusebox/testing/internal/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace fusebox::internal {
namespace {

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

Socket NewSocket() {
  return Socket(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

void SendAtOnce(const Socket& socket) {
  const int on = 1;
  setsockopt(socket.descriptor(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

}  // namespace

Socket Socket::Listen() {
  Socket socket = NewSocket();
  const sockaddr_in address = Loopback(0);
  if (bind(socket.descriptor_, reinterpret_cast<const sockaddr*>(&address),
           sizeof(address)) != 0 ||
      listen(socket.descriptor_, SOMAXCONN) != 0) {
    std::abort();
  }
  return socket;
}

Socket Socket::Connect(uint16_t port) {
  Socket socket = NewSocket();
  const sockaddr_in address = Loopback(port);
  if (connect(socket.descriptor_, reinterpret_cast<const sockaddr*>(&address),
              sizeof(address)) != 0) {
    return Socket();
  }
  SendAtOnce(socket);
  return socket;
}

Socket Socket::Accept() {
  int descriptor;
  do {
    descriptor = accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
  } while (descriptor < 0 && (errno == EINTR || errno == ECONNABORTED));
  Socket socket(descriptor);
  SendAtOnce(socket);
  return socket;
}

uint16_t Socket::port() const {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

bool Socket::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent =
        send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

bool Socket::ReadSome(std::string* bytes, size_t most) {
  bytes->resize(most);
  ssize_t received;
  do {
    received = recv(descriptor_, bytes->data(), most, 0);
  } while (received < 0 && errno == EINTR);
  bytes->resize(received > 0 ? static_cast<size_t>(received) : 0);
  return received > 0;
}

bool Socket::ReadFully(std::string* bytes, size_t size) {
  bytes->clear();
  std::string some;
  while (bytes->size() < size) {
    if (!ReadSome(&some, size - bytes->size())) return false;
    *bytes += some;
  }
  return true;
}

void Socket::ShutDown() { shutdown(descriptor_, SHUT_RDWR); }

void Socket::Close() {
  if (descriptor_ >= 0) close(std::exchange(descriptor_, -1));
}

void Socket::Reset() {
  sockaddr nowhere{};
  nowhere.sa_family = AF_UNSPEC;
  static_cast<void>(connect(descriptor_, &nowhere, sizeof(nowhere)));
}

}  // namespace fusebox::internal
