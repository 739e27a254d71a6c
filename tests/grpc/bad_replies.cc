#include "tests/grpc/bad_replies.h"

#include <cstdint>
#include <cstdlib>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/grpc/http2_server.h"

namespace fusebox::internal {
namespace {

using Peer = Http2Peer;
using Answer = Http2Server::Answer;

constexpr char kText[] = "\x0a\x05hello";  // a serialized Text

// Sends headers and messages, then trailers.
Answer Ends(const Http2Fields& trailers,
            const std::vector<std::string>& messages = {}) {
  return [=](Peer& peer, uint32_t stream) {
    peer.GrpcHeaders(stream);
    for (const std::string& message : messages) peer.Message(stream, message);
    peer.Headers(stream, trailers, kEndStream);
  };
}

Answer Status(const std::string& status) {
  return Ends({{"grpc-status", status}});
}

// Sends headers, these bytes as data, and an OK status.
Answer SendsData(const std::string& bytes) {
  return [=](Peer& peer, uint32_t stream) {
    peer.GrpcHeaders(stream);
    peer.Data(stream, bytes);
    peer.Headers(stream, {{"grpc-status", "0"}}, kEndStream);
  };
}

Answer TrailersOnly(const Http2Fields& trailers) {
  return [=](Peer& peer, uint32_t stream) {
    peer.GrpcHeaders(stream, trailers, kEndStream);
  };
}

// Ends the answer without trailers, and refuses the rest of the request.
void EndsWithoutTrailers(Peer& peer, uint32_t stream, const std::string& data) {
  peer.Data(stream, data, kEndStream);
  peer.ResetStream(stream, Http2Error::kNoError);
}

Answer Http(const std::string& status, const std::string& type = "text/html") {
  return [=](Peer& peer, uint32_t stream) {
    peer.Headers(stream, {{":status", status}, {"content-type", type}});
    EndsWithoutTrailers(peer, stream, "<html>");
  };
}

Answer Resets(Http2Error error) {
  return [=](Peer& peer, uint32_t stream) { peer.ResetStream(stream, error); };
}

Answer SendsRaw(const std::string& bytes) {
  return [=](Peer& peer, uint32_t) { peer.Bytes(bytes); };
}

// Sends headers and the messages, then does something else.
template <typename Then>
Answer Begins(const std::vector<std::string>& messages, Then then) {
  return [=](Peer& peer, uint32_t stream) {
    peer.GrpcHeaders(stream);
    for (const std::string& message : messages) peer.Message(stream, message);
    then(peer, stream);
  };
}

void Close(Peer& peer, uint32_t) { peer.Close(); }
void Reset(Peer& peer, uint32_t) { peer.Reset(); }
void FallSilent(Peer&, uint32_t) {}

const Http2Fields kOk = {{"grpc-status", "0"}};
const Http2Fields kUnavailable = {{"grpc-status", "14"}};

Http2Fields UnavailableWith(const std::string& name, const std::string& value) {
  return {{"grpc-status", "14"}, {name, value}};
}

BadReply Row(const char* name, std::set<int> codes, Answer answer,
             unsigned traits = BadReply::kNone) {
  return {name, std::move(codes), std::move(answer), traits};
}

std::vector<BadReply> Messages() {
  return {
      Row("GoodReply", {0}, Ends(kOk, {kText})),
      Row("NoMessage", {12}, Ends(kOk), BadReply::kNoReply),
      Row("NoMessageInTrailersOnly", {12}, TrailersOnly(kOk),
          BadReply::kNoReply),
      Row("CutShortMessage", {12}, SendsData(MessagePrefix(100) + "abc"),
          BadReply::kNoReply),
      Row("CutShortPrefix", {12}, SendsData(MessagePrefix(7).substr(0, 3)),
          BadReply::kNoReply),
      Row("UnparsableMessage", {12}, Ends(kOk, {"\xff\xff\xff"}),
          BadReply::kUnparsable),
      Row("CompressedByAnUnknownMethod", {},
          SendsData(MessagePrefix(7, true) + kText), BadReply::kUnparsable),
      Row("MessageTooLarge", {8},
          Ends(kOk, {std::string(kMaxMessage + 1, 'x')}), BadReply::kTooLarge),
      // Before version 1.70 or so, gRPC never ends a call whose single reply is
      // followed by another one.
      Row("TwoMessages", {4, 12, 13}, Ends(kOk, {kText, kText}),
          BadReply::kSilent),
      Row("MessageThenUnavailable", {14}, Ends(kUnavailable, {kText})),
      Row("MessageThenNotFound", {5}, Ends({{"grpc-status", "5"}}, {kText})),
  };
}

std::vector<BadReply> Statuses() {
  return {
      Row("Status999", {999, 2}, Status("999")),
      Row("Status17", {17, 2}, Status("17")),
      Row("StatusMinus1", {-1, 13}, Status("-1")),
      Row("StatusAbc", {2, 13}, Status("abc")),
      Row("StatusEmpty", {}, Status("")),
      Row("StatusTooLong", {}, Status("99999999999999999999")),
      Row("NoTrailers", {2},
          Begins({},
                 [](Peer& peer, uint32_t stream) {
                   EndsWithoutTrailers(peer, stream, MessagePrefix(7) + kText);
                 })),
      Row("NoTrailersAndNoMessage", {2},
          Begins({},
                 [](Peer& peer, uint32_t stream) {
                   EndsWithoutTrailers(peer, stream, "");
                 })),
      Row("TrailersWithoutStatus", {2}, Ends({{"key", "value"}}, {kText})),
      Row("TrailersOnlyWithoutStatus", {2}, TrailersOnly({})),
      Row("TrailersOnlyUnavailable", {14}, TrailersOnly(kUnavailable)),
      Row("TrailersOnlyNotFound", {5}, TrailersOnly({{"grpc-status", "5"}})),
      Row("BadPushback", {14, 13},
          Ends(UnavailableWith("grpc-retry-pushback-ms", "abc"))),
      Row("BadDetails", {},
          Ends(UnavailableWith("grpc-status-details-bin", "*"))),
      Row("BadMessageText", {14},
          Ends(UnavailableWith("grpc-message", "%zz%"))),
      Row("OversizedTrailers", {8},
          Ends(UnavailableWith("key", std::string(40000, 'x'))),
          BadReply::kTooLarge),
  };
}

std::vector<BadReply> Http2Faults() {
  return {
      Row("Http404", {12}, Http("404")),
      Row("Http429", {14}, Http("429")),
      Row("Http503", {14}, Http("503")),
      Row("Http500", {2}, Http("500")),
      Row("Http403", {7}, Http("403")),
      Row("Http200OfAWebPage", {}, Http("200")),
      Row("RstRefusedStream", {14}, Resets(Http2Error::kRefusedStream)),
      Row("RstCancel", {1}, Resets(Http2Error::kCancel)),
      Row("RstEnhanceYourCalm", {8}, Resets(Http2Error::kEnhanceYourCalm)),
      Row("RstInternalError", {13}, Resets(Http2Error::kInternalError)),
      Row("RstNoError", {}, Resets(Http2Error::kNoError)),
      Row("RstAfterAMessage", {13},
          Begins({kText}, Resets(Http2Error::kInternalError))),
      Row("RstCancelAfterAMessage", {1},
          Begins({kText}, Resets(Http2Error::kCancel))),
      Row("GoAway", {14},
          [](Peer& peer, uint32_t) {
            peer.GoAway(0, Http2Error::kNoError);
            peer.Close();
          }),
      Row("GoAwayTooManyPings", {},
          [](Peer& peer, uint32_t stream) {
            peer.GoAway(stream, Http2Error::kEnhanceYourCalm, "too_many_pings");
            peer.Close();
          }),
      Row(
          "DataBeforeHeaders", {},
          [](Peer& peer, uint32_t stream) {
            peer.Message(stream, kText);
            peer.Headers(stream, kOk, kEndStream);
          },
          BadReply::kSilent),
      Row("BadHeaderCompression", {},
          [](Peer& peer, uint32_t stream) {
            peer.Frame(1, 4, stream, "\xff\xff\xff\xff\x0f");
          }),
      Row("FrameTooLarge", {}, SendsRaw("\xff\xff\xff" + std::string(6, '\0'))),
      Row("Http11", {12, 2}, SendsRaw(kHttp11), BadReply::kNoReply),
      Row("Http11FromTheStart", {14, 12, 2}, FallSilent, BadReply::kGreeting),
  };
}

std::vector<BadReply> Connections() {
  return {
      Row("Closed", {14}, Close),
      Row("ClosedAfterHeaders", {14}, Begins({}, Close)),
      Row("ClosedAfterAMessage", {14}, Begins({kText}, Close)),
      Row("ClosedInAMessage", {14},
          [](Peer& peer, uint32_t stream) {
            peer.GrpcHeaders(stream);
            peer.Data(stream, MessagePrefix(100) + "abc");
            peer.Close();
          }),
      Row("ConnectionReset", {14}, Reset),
      Row("ConnectionResetAfterAMessage", {14}, Begins({kText}, Reset)),
      Row("Silence", {4}, FallSilent, BadReply::kSilent),
      Row("SilenceAfterHeaders", {4}, Begins({}, FallSilent),
          BadReply::kSilent),
      Row("SilenceAfterAMessage", {4}, Begins({kText}, FallSilent),
          BadReply::kSilent),
  };
}

}  // namespace

const char kHttp11[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

std::ostream& operator<<(std::ostream& os, const BadReply& reply) {
  return os << reply.name;
}

const std::vector<BadReply>& BadReplies() {
  static const auto& all = *[] {
    auto* replies = new std::vector<BadReply>;
    for (const auto& some :
         {Messages(), Statuses(), Http2Faults(), Connections()}) {
      replies->insert(replies->end(), some.begin(), some.end());
    }
    return replies;
  }();
  return all;
}

const BadReply& BadReplyNamed(const std::string& name) {
  for (const BadReply& reply : BadReplies()) {
    if (reply.name == name) return reply;
  }
  std::abort();
}

}  // namespace fusebox::internal
