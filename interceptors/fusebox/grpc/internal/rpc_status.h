// rpc_status.h: google.rpc.Status with ErrorInfo and RetryInfo, on the wire.
//
// Encoded and decoded by hand: a second registration of google/rpc/*.proto in
// a program that links googleapis would abort it. The fields are those of
// google/rpc/status.proto and google/rpc/error_details.proto; everything else
// in a message is skipped.

#ifndef FUSEBOX_GRPC_INTERNAL_RPC_STATUS_H_
#define FUSEBOX_GRPC_INTERNAL_RPC_STATUS_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "fusebox/base/clock.h"

namespace fusebox::internal {

struct ErrorInfo {
  std::string reason;
  std::string domain;
  std::map<std::string, std::string> metadata;
};

struct RpcStatus {
  int code = 0;
  std::string message;
  std::optional<ErrorInfo> error_info;  // the first one in the details
  std::optional<Duration> retry_delay;  // that of the first RetryInfo
};

// The bytes of a google.rpc.Status.
std::string EncodeRpcStatus(const RpcStatus& status);

// Nothing if the bytes are not a google.rpc.Status. Details that are not what
// their type says, and delays that a Duration cannot hold, are left out. Reads
// no byte twice and allocates no more than a few times the size of the input.
std::optional<RpcStatus> DecodeRpcStatus(std::string_view bytes);

}  // namespace fusebox::internal

#endif  // FUSEBOX_GRPC_INTERNAL_RPC_STATUS_H_
