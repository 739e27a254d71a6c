#include "tools/admin/connection.h"

#include <grpc/grpc.h>
#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/text.h"

namespace fusebox::tool {
namespace {

constexpr size_t kMaxMessageBytes = 64 << 10;

std::shared_ptr<grpc::ChannelCredentials> CredentialsOf(const Reach& reach) {
  if (!reach.tls) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = reach.roots;
  options.pem_cert_chain = reach.certs;
  options.pem_private_key = reach.private_key;
  return grpc::SslCredentials(options);
}

std::shared_ptr<grpc::Channel> MakeChannel(const AdminAddress& address,
                                           const Reach& reach) {
  constexpr int kMinBackoffMs = 100;
  constexpr int kMaxBackoffMs = 1000;
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kMinBackoffMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kMaxBackoffMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kMaxBackoffMs);
  // A new connection must not inherit the back-off of an older one.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  // gRPC looks for this name in the certificate.
  const std::string& authority =
      reach.server_name.empty() ? address.authority : reach.server_name;
  if (!authority.empty()) {
    arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, authority);
  }
  return grpc::CreateCustomChannel(address.target, CredentialsOf(reach),
                                   arguments);
}

}  // namespace

void SetDeadline(grpc::ClientContext* context) {
  context->set_deadline(PreciseClock().WallNow() + kCallTimeout);
}

std::string StatusText(const grpc::Status& status) {
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  std::string text = absl::StatusCodeToString(code);
  if (text.empty()) text = "code " + std::to_string(status.error_code());
  if (status.error_message().empty()) return text;
  return text + ": " + Escaped(status.error_message(), kMaxMessageBytes);
}

Connection::Connection(const AdminAddress& address)
    : reach_(address.reach == nullptr ? std::make_shared<Reach>()
                                      : address.reach),
      stub_(v1::BreakerAdmin::NewStub(MakeChannel(address, *reach_))) {}

void Connection::Prepare(grpc::ClientContext* context) const {
  for (const auto& [name, value] : reach_->metadata) {
    context->AddMetadata(name, value);
  }
}

grpc::Status Connection::Explain(const grpc::Status& status) const {
  const std::string hint = ReachHint(status, *reach_);
  if (hint.empty()) return status;
  return grpc::Status(status.error_code(),
                      status.error_message() + " (" + hint + ")",
                      status.error_details());
}

}  // namespace fusebox::tool
