// http2_server.h: an HTTP/2 server that sends what no gRPC server would.
//
//   Http2Server server([](Http2Peer& peer, uint32_t stream) {
//     peer.Headers(stream, {{":status", "503"}}, kEndStream);
//   });
//   auto channel = CreateChannel(server.address(), ...);
//
// It speaks as much HTTP/2 as gRPC clients need to trust it with a call:
// settings and pings. What a request says it does not look at, and it counts
// on small messages: it knows no flow control.

#ifndef FUSEBOX_TESTS_GRPC_HTTP2_SERVER_H_
#define FUSEBOX_TESTS_GRPC_HTTP2_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
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

// The client at the other end of a connection: what can be sent to it.
class Http2Peer {
 public:
  explicit Http2Peer(Socket socket) : socket_(std::move(socket)) {}

  // Headers, or trailers. Long ones go out in several frames.
  void Headers(uint32_t stream, const Http2Fields& fields,
               bool end_stream = false);
  // ":status: 200" and "content-type: application/grpc", and these.
  void GrpcHeaders(uint32_t stream, Http2Fields fields = {},
                   bool end_stream = false);
  void Data(uint32_t stream, std::string_view bytes, bool end_stream = false);
  // A gRPC message whose prefix tells its size.
  void Message(uint32_t stream, std::string_view message,
               bool end_stream = false);
  void ResetStream(uint32_t stream, Http2Error error);
  void GoAway(uint32_t last_stream, Http2Error error,
              std::string_view debug_data = "");
  void Frame(uint8_t type, uint8_t flags, uint32_t stream,
             std::string_view payload);

  // What is no frame.
  void Bytes(std::string_view bytes) { socket_.Write(bytes); }

  // Ends the connection, in good order or with an RST.
  void Close() { socket_.ShutDown(); }
  void Reset() { socket_.Reset(); }

  Socket& socket() { return socket_; }

 private:
  Socket socket_;
};

// The five bytes before a gRPC message.
std::string MessagePrefix(uint32_t size, bool compressed = false);

class Http2Server {
 public:
  // Called once a stream, when its headers have come, on a thread of its
  // connection's own.
  using Answer = std::function<void(Http2Peer& peer, uint32_t stream)>;

  // With a `greeting` that is not empty, a client is sent it in the place of
  // HTTP/2's settings, and the connection ends.
  explicit Http2Server(Answer answer, std::string greeting = "");

  // Ends every connection.
  ~Http2Server();

  // "127.0.0.1:54321"
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
