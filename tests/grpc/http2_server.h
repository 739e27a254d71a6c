// http2_server.h: an HTTP/2 server that sends what no gRPC server would send.
//
//   Http2Server server([](Http2Peer& peer, uint32_t stream) {
//     peer.Headers(stream, {{":status", "503"}}, kEndStream);
//   });
//   auto channel = CreateChannel(server.address(), ...);
//
// It speaks as much HTTP/2 as a gRPC client needs before it starts a call:
// settings and pings. It ignores the content of requests. It has no flow
// control, so messages must be small.

#ifndef FUSEBOX_TESTS_GRPC_HTTP2_SERVER_H_
#define FUSEBOX_TESTS_GRPC_HTTP2_SERVER_H_

#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "fusebox/base/mutex.h"
#include "fusebox/testing/internal/socket.h"

namespace fusebox::internal {

using Http2Fields = std::vector<std::pair<std::string, std::string>>;

inline constexpr bool kEndStream = true;

// RFC 9113, section 7.
enum class Http2Error : uint32_t {
  kNoError = 0x0,
  kInternalError = 0x2,
  kRefusedStream = 0x7,
  kCancel = 0x8,
  kEnhanceYourCalm = 0xb,
};

// The client at the other end of a connection. Its members send to that client.
class Http2Peer {
 public:
  explicit Http2Peer(Socket socket) : socket_(std::move(socket)) {}

  // Sends headers or trailers. Long ones are split into several frames.
  void Headers(uint32_t stream, const Http2Fields& fields,
               bool end_stream = false);
  // Sends ":status: 200", "content-type: application/grpc" and `fields`.
  void GrpcHeaders(uint32_t stream, Http2Fields fields = {},
                   bool end_stream = false);
  void Data(uint32_t stream, std::string_view bytes, bool end_stream = false);
  // Sends a gRPC message with a prefix that states its size.
  void Message(uint32_t stream, std::string_view message,
               bool end_stream = false);
  void ResetStream(uint32_t stream, Http2Error error);
  void GoAway(uint32_t last_stream, Http2Error error,
              std::string_view debug_data = "");
  void Frame(uint8_t type, uint8_t flags, uint32_t stream,
             std::string_view payload);

  // Sends bytes that are not a frame.
  void Bytes(std::string_view bytes) { socket_.Write(bytes); }

  // Close the connection, gracefully or with an RST.
  void Close() { socket_.ShutDown(); }
  void Reset() { socket_.Reset(); }

  Socket& socket() { return socket_; }

 private:
  Socket socket_;
};

// Returns the five bytes that precede a gRPC message.
std::string MessagePrefix(uint32_t size, bool compressed = false);

class Http2Server {
 public:
  // Called once per stream, after its headers have come, on a thread that
  // belongs to the connection.
  using Answer = std::function<void(Http2Peer& peer, uint32_t stream)>;

  // If `greeting` is not empty, the server sends it instead of HTTP/2's
  // settings, and then closes the connection.
  explicit Http2Server(Answer answer, std::string greeting = "");

  // Ends every connection.
  ~Http2Server();

  // Returns an address like "127.0.0.1:54321".
  std::string address() const {
    return "127.0.0.1:" + std::to_string(listener_.port());
  }

 private:
  struct Connection {
    explicit Connection(Socket socket) : peer(std::move(socket)) {}
    Http2Peer peer;
    std::thread thread;
  };

  void Accept();
  void Serve(Http2Peer& peer) const;

  const Answer answer_;
  const std::string greeting_;
  Socket listener_;
  Mutex mu_;
  std::list<Connection> connections_ FUSEBOX_GUARDED_BY(mu_);
  std::thread acceptor_;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_TESTS_GRPC_HTTP2_SERVER_H_
