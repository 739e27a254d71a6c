// socket.h: a blocking TCP socket on the loopback interface.
//
//   fusebox::Socket listener = fusebox::Socket::Listen();
//   fusebox::Socket peer = listener.Accept();
//   peer.Write("HTTP/1.1 200 OK\r\n\r\n");
//
// tcp_gate.h and servers that answer badly use it, for small amounts of data.
// If the peer has closed the connection, functions return false and never raise
// a signal.

#ifndef FUSEBOX_TESTING_INTERNAL_SOCKET_H_
#define FUSEBOX_TESTING_INTERNAL_SOCKET_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace fusebox::internal {

// Owns its descriptor. Every operation on an empty socket fails.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  Socket(Socket&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~Socket() { Close(); }

  // Listens on a free port of 127.0.0.1. Aborts the process if there is none.
  static Socket Listen();

  // Returns an empty socket if nobody listens there.
  static Socket Connect(uint16_t port);

  // Returns an empty socket once the listener is shut down.
  Socket Accept();

  // Returns the port that it is bound to, or 0 if there is none.
  uint16_t port() const;

  // Writes all bytes. Returns false if the peer has closed the connection.
  bool Write(std::string_view bytes);

  // Blocks until at least one byte is available. Replaces `*bytes` with what is
  // available, at most `most` bytes. Returns false at the end.
  bool ReadSome(std::string* bytes, size_t most = 65536);

  // Replaces `*bytes` with the next `size` bytes. Returns false at the end.
  bool ReadFully(std::string* bytes, size_t size);

  // Closes both directions in an orderly way. Blocked calls return, in other
  // threads as well.
  void ShutDown();

  // Closes both directions with a reset (RST). REQUIRES: no call is blocked in
  // another thread.
  void Reset();

  void Close();

  explicit operator bool() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_TESTING_INTERNAL_SOCKET_H_
