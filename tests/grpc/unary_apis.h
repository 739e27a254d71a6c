// unary_apis.h: one unary call, made through each of gRPC's APIs.

#ifndef FUSEBOX_TESTS_GRPC_UNARY_APIS_H_
#define FUSEBOX_TESTS_GRPC_UNARY_APIS_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace fusebox {

inline constexpr char kSay[] = "/fusebox.test.Echo/Say";

// What the application saw of a call.
struct Seen {
  grpc::Status status;
  std::string reply;
  std::map<std::string, std::string> trailers;
  int completions = 0;         // how often it was told that the call is over
  bool completion_ok = false;  // what the completion queue said, where one is
};

// Calls Echo.Say("hello") on `channel` and waits for its end.
using UnaryApi = Seen (*)(const std::shared_ptr<grpc::Channel>& channel,
                          grpc::ClientContext* context);

struct NamedUnaryApi {
  const char* name;
  UnaryApi call;

  // Whether a reply that does not parse can be told by anybody: a generic stub
  // hands on the bytes, and gRPC's unary reactor an OK and an empty message.
  bool tells_bad_bytes;
};

// Sync, CQ (three ways) and callback (two ways), and generic stubs.
extern const NamedUnaryApi kUnaryApis[8];

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_GRPC_UNARY_APIS_H_
