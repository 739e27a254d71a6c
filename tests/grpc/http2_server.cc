#include "tests/grpc/http2_server.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "fusebox/base/mutex.h"
#include "fusebox/testing/internal/socket.h"

namespace fusebox::internal {
namespace {

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr size_t kFrameHeader = 9;
constexpr size_t kMaxFrame = 16384;

enum FrameType : uint8_t {
  kData = 0x0,
  kHeaders = 0x1,
  kRstStream = 0x3,
  kSettings = 0x4,
  kPing = 0x6,
  kGoAway = 0x7,
  kContinuation = 0x9,
};

constexpr uint8_t kAck = 0x1;
constexpr uint8_t kEndStreamFlag = 0x1;
constexpr uint8_t kEndHeaders = 0x4;

// Encodes `number` in big-endian order in `size` bytes.
std::string Number(uint32_t number, int size) {
  std::string bytes;
  for (int i = size - 1; i >= 0; --i) {
    bytes += static_cast<char>(number >> (8 * i) & 0xff);
  }
  return bytes;
}

uint32_t ReadNumber(std::string_view bytes) {
  uint32_t number = 0;
  for (const char byte : bytes) {
    number = number << 8 | static_cast<unsigned char>(byte);
  }
  return number;
}

// Encodes a plain string with a length in a 7-bit prefix (RFC 7541, 5.2).
std::string HpackString(std::string_view text) {
  constexpr size_t kPrefix = 127;
  std::string bytes;
  size_t length = text.size();
  if (length < kPrefix) {
    bytes += static_cast<char>(length);
  } else {
    bytes += static_cast<char>(kPrefix);
    for (length -= kPrefix; length >= 128; length >>= 7) {
      bytes += static_cast<char>((length & 0x7f) | 0x80);
    }
    bytes += static_cast<char>(length);
  }
  return bytes.append(text);
}

uint8_t EndFlag(bool end_stream) { return end_stream ? kEndStreamFlag : 0; }

}  // namespace

std::string MessagePrefix(uint32_t size, bool compressed) {
  return Number(compressed, 1) + Number(size, 4);
}

void Http2Peer::Frame(uint8_t type, uint8_t flags, uint32_t stream,
                      std::string_view payload) {
  Bytes(Number(static_cast<uint32_t>(payload.size()), 3) + Number(type, 1) +
        Number(flags, 1) + Number(stream, 4) + std::string(payload));
}

void Http2Peer::Headers(uint32_t stream, const Http2Fields& fields,
                        bool end_stream) {
  std::string block;
  for (const auto& [name, value] : fields) {
    // Encodes a literal field that is not indexed, with its name (RFC 7541,
    // 6.2.2).
    block += '\0' + HpackString(name) + HpackString(value);
  }
  std::string_view rest = block;
  uint8_t type = kHeaders;
  uint8_t flags = EndFlag(end_stream);
  do {
    const std::string_view part = rest.substr(0, kMaxFrame);
    rest.remove_prefix(part.size());
    Frame(type, flags | (rest.empty() ? kEndHeaders : 0), stream, part);
    type = kContinuation;
    flags = 0;
  } while (!rest.empty());
}

void Http2Peer::GrpcHeaders(uint32_t stream, Http2Fields fields,
                            bool end_stream) {
  fields.insert(fields.begin(),
                {{":status", "200"}, {"content-type", "application/grpc"}});
  Headers(stream, fields, end_stream);
}

void Http2Peer::Data(uint32_t stream, std::string_view bytes, bool end_stream) {
  Frame(kData, EndFlag(end_stream), stream, bytes);
}

void Http2Peer::Message(uint32_t stream, std::string_view message,
                        bool end_stream) {
  Data(stream,
       MessagePrefix(static_cast<uint32_t>(message.size())).append(message),
       end_stream);
}

void Http2Peer::ResetStream(uint32_t stream, Http2Error error) {
  Frame(kRstStream, 0, stream, Number(static_cast<uint32_t>(error), 4));
}

void Http2Peer::GoAway(uint32_t last_stream, Http2Error error,
                       std::string_view debug_data) {
  Frame(kGoAway, 0, 0,
        (Number(last_stream, 4) + Number(static_cast<uint32_t>(error), 4))
            .append(debug_data));
}

Http2Server::Http2Server(Answer answer, std::string greeting)
    : answer_(std::move(answer)),
      greeting_(std::move(greeting)),
      listener_(Socket::Listen()),
      acceptor_([this] { Accept(); }) {}

Http2Server::~Http2Server() {
  listener_.ShutDown();
  acceptor_.join();
  MutexLock lock(mu_);
  for (Connection& connection : connections_) connection.peer.Close();
  for (Connection& connection : connections_) connection.thread.join();
}

void Http2Server::Accept() {
  while (Socket socket = listener_.Accept()) {
    MutexLock lock(mu_);
    Connection& connection = connections_.emplace_back(std::move(socket));
    connection.thread = std::thread([this, &connection] {
      Serve(connection.peer);
      connection.peer.Close();
    });
  }
}

void Http2Server::Serve(Http2Peer& peer) const {
  std::string header;
  std::string payload;
  if (!peer.socket().ReadFully(&header, kPreface.size())) return;
  if (!greeting_.empty()) return peer.Bytes(greeting_);
  peer.Frame(kSettings, 0, 0, "");
  while (peer.socket().ReadFully(&header, kFrameHeader)) {
    const std::string_view view = header;
    const uint32_t size = ReadNumber(view.substr(0, 3));
    const auto type = static_cast<uint8_t>(view[3]);
    const auto flags = static_cast<uint8_t>(view[4]);
    const uint32_t stream = ReadNumber(view.substr(5));
    if (!peer.socket().ReadFully(&payload, size)) return;
    if (type == kSettings && (flags & kAck) == 0) {
      peer.Frame(kSettings, kAck, 0, "");
    } else if (type == kPing && (flags & kAck) == 0) {
      peer.Frame(kPing, kAck, 0, payload);
    } else if (type == kHeaders) {
      answer_(peer, stream);
    }
  }
}

}  // namespace fusebox::internal
