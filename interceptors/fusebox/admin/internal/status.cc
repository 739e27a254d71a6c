#include "fusebox/admin/internal/status.h"

#include <grpcpp/support/status.h>

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "fusebox/base/internal/utf8.h"
#include "fusebox/base/text.h"

namespace fusebox::internal {
namespace {

// gRPC sends printable ASCII unchanged, and every other byte as "%XY".
size_t BytesOnTheWay(char c) {
  return c >= ' ' && c <= '~' && c != '%' ? 1 : 3;
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  std::string message(status.message());
  size_t on_the_way = 0;
  size_t kept = 0;
  while (kept < message.size()) {
    on_the_way += BytesOnTheWay(message[kept]);
    if (on_the_way > kMaxStatusBytes) break;
    ++kept;
  }
  if (kept < message.size()) {
    const std::string rest =
        "... (" + std::to_string(message.size()) + " bytes in all)";
    message.resize(kept);
    while (!message.empty() && !IsUtf8(message)) message.pop_back();
    message += rest;
  }
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), message);
}

}  // namespace fusebox::internal
