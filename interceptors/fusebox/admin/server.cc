#include "fusebox/admin/server.h"

#include <grpc/grpc.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/admin/internal/socket_file.h"
#include "fusebox/admin/options.h"
#include "fusebox/admin/service.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/quoted.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

using internal::SocketFile;

namespace {

constexpr std::string_view kUnix = "unix:";

struct Port {
  std::string host;  // "127.0.0.1:"
  uint16_t number;
};

std::optional<Port> ParsePort(std::string_view address) {
  for (const std::string_view host : {"127.0.0.1:", "[::1]:"}) {
    if (address.substr(0, host.size()) != host) continue;
    const std::string_view digits = address.substr(host.size());
    uint16_t number = 0;
    const char* const end = digits.data() + digits.size();
    const auto [rest, error] = std::from_chars(digits.data(), end, number);
    if (error != std::errc() || rest != end) return std::nullopt;
    return Port{std::string(host), number};
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Create(
    std::shared_ptr<Registry> registry, const std::string& address,
    AdminOptions options) {
  if (options.max_request_bytes <= 0) {
    return absl::InvalidArgumentError(
        "max_request_bytes: must be greater than 0, is " +
        std::to_string(options.max_request_bytes));
  }
  std::unique_ptr<AdminServer> admin(new AdminServer);
  const bool is_unix = address.rfind(kUnix, 0) == 0;
  const std::optional<Port> port = ParsePort(address);
  if (is_unix) {
    auto file = SocketFile::Prepare(address.substr(kUnix.size()));
    if (!file.ok()) return file.status();
    admin->file_ = *std::move(file);
  } else if (!port) {
    return absl::InvalidArgumentError(
        "address: must be unix:PATH, 127.0.0.1:PORT or [::1]:PORT, is " +
        Quoted(address));
  }

  grpc::ServerBuilder builder;
  int bound = 0;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &bound);
  builder.SetMaxReceiveMessageSize(options.max_request_bytes);
  // Two processes on one port would each get some of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  // What a watcher that reads nothing can make it hold.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_WRITE_BUFFER_SIZE, 16 << 10);
  admin->service_ =
      AddBreakerAdmin(&builder, std::move(registry), std::move(options));
  admin->server_ = builder.BuildAndStart();
  if (admin->server_ == nullptr || bound == 0) {
    return absl::UnavailableError("cannot listen on " + Quoted(address));
  }
  if (admin->file_ != nullptr) admin->file_->Bound();
  admin->address_ = port ? port->host + std::to_string(bound) : address;
  return admin;
}

AdminServer::~AdminServer() {
  if (service_ != nullptr) service_->EndWatches();
  if (server_ != nullptr) {
    server_->Shutdown(PreciseClock().WallNow());
    server_->Wait();
  }
}

}  // namespace fusebox
