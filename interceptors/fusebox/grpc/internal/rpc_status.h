// rpc_status.h: encodes and decodes google.rpc.Status with ErrorInfo and
// RetryInfo.
//
// This is done by hand, because a second registration of google/rpc/*.proto
// would abort a program that links googleapis. The fields are those of
// google/rpc/status.proto and google/rpc/error_details.proto. Everything else
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
  std::optional<Duration> retry_delay;  // of the first RetryInfo
};

// Returns the bytes of a google.rpc.Status.
std::string EncodeRpcStatus(const RpcStatus& status);

// Returns the bytes of an ErrorInfo among the details of a google.rpc.Status.
std::string EncodeDetail(const ErrorInfo& info);

// Returns the bytes of a google.rpc.Status with this detail, which
// EncodeDetail() has made or which is empty. Allocates once.
std::string EncodeRpcStatus(int code, std::string_view message,
                            std::string_view detail,
                            std::optional<Duration> retry_delay);

// Returns nothing if the bytes are not a google.rpc.Status. Leaves out details
// that do not have the format of their type, and delays that a Duration cannot
// hold. Reads no byte twice, and allocates at most a few times the size of the
// input.
std::optional<RpcStatus> DecodeRpcStatus(std::string_view bytes);

}  // namespace fusebox::internal

#endif  // FUSEBOX_GRPC_INTERNAL_RPC_STATUS_H_
