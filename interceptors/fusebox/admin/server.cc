#include "fusebox/admin/server.h"

#include <grpc/grpc.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <charconv>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "fusebox/admin/internal/reflection.h"
#include "fusebox/admin/internal/socket_file.h"
#include "fusebox/admin/options.h"
#include "fusebox/admin/service.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/text.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

using internal::SocketFile;

namespace {

constexpr char kUnix[] = "unix:";

struct Port {
  std::string host;  // such as "127.0.0.1:"
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

// Returns the path as it is spelled in a URI. gRPC would take "%41" in the path
// for "A", and what follows "?" for parameters.
std::string EncodePath(std::string_view path) {
  constexpr std::string_view kPlain = "/-._~!$&'()*+,;=:@";
  std::string encoded;
  for (const char c : path) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
        kPlain.find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      absl::StrAppend(
          &encoded, "%",
          absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    }
  }
  return encoded;
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
  admin->address_ = address;
  const std::optional<Port> port = ParsePort(address);
  if (absl::StartsWith(address, kUnix)) {
    const std::string path = address.substr(std::strlen(kUnix));
    auto file = SocketFile::Prepare(path);
    if (!file.ok()) return file.status();
    admin->file_ = *std::move(file);
    admin->address_ = absl::StrCat(kUnix, EncodePath(path));
  } else if (!port) {
    return absl::InvalidArgumentError(
        "address: must be unix:PATH, 127.0.0.1:PORT or [::1]:PORT, is " +
        Quoted(address));
  }

  grpc::ServerBuilder builder;
  int bound = 0;
  builder.AddListeningPort(admin->address_, grpc::InsecureServerCredentials(),
                           &bound);
  builder.SetMaxReceiveMessageSize(options.max_request_bytes);
  // Otherwise two processes on one port would each get some of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  // These bound the memory that a watcher who reads nothing can take.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_WRITE_BUFFER_SIZE, 16 << 10);
  if (options.reflection) {
    admin->reflection_ =
        std::make_unique<internal::Reflection>(options.authorize, registry);
    builder.RegisterCallbackGenericService(admin->reflection_.get());
  }
  admin->service_ =
      AddBreakerAdmin(&builder, std::move(registry), std::move(options));
  admin->server_ = builder.BuildAndStart();
  if (admin->server_ == nullptr || bound == 0) {
    return absl::UnavailableError("cannot listen on " + Quoted(address));
  }
  if (admin->file_ != nullptr) admin->file_->Bound();
  if (port) admin->address_ = absl::StrCat(port->host, bound);
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
