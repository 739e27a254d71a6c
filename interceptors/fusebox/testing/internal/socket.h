// socket.h: a TCP socket of the loopback interface.
//
//   fusebox::Socket listener = fusebox::Socket::Listen();
//   fusebox::Socket peer = listener.Accept();
//   peer.Write("HTTP/1.1 200 OK\r\n\r\n");
//
// What tcp_gate.h is made of, and servers of your own that answer badly. Small
// amounts of data, blocking calls; a peer that is gone gives false, never a
// signal.

#ifndef FUSEBOX_TESTING_INTERNAL_SOCKET_H_
#define FUSEBOX_TESTING_INTERNAL_SOCKET_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace fusebox::internal {

// Owns its descriptor. One that is empty fails at everything.
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

  // Listens on a free port of 127.0.0.1; ends the process if there is none.
  static Socket Listen();

  // Empty if nobody listens there.
  static Socket Connect(uint16_t port);

  // Empty once the listener is shut down.
  Socket Accept();

  // That it is bound to; 0 if none.
  uint16_t port() const;

  // Writes all of it. False if the peer is gone.
  bool Write(std::string_view bytes);

  // Replaces `*bytes` with what is there, at most `most`; waits for at least
  // one. False at the end.
  bool ReadSome(std::string* bytes, size_t most = 65536);

  // Replaces `*bytes` with the next `size` ones. False at the end.
  bool ReadFully(std::string* bytes, size_t size);

  // Ends both directions in good order: calls that wait return, in other
  // threads too.
  void ShutDown();

  // Ends both with a reset (RST). REQUIRES: no call waits in another thread.
  void Reset();

  void Close();

  explicit operator bool() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_TESTING_INTERNAL_SOCKET_H_
