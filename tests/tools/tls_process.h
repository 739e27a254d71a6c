// tls_process.h: a process whose admin service is reached over TLS.
//
//   TlsProcess shop(TlsProcess::Clients::kNeedCertificates);
//   RunTool({"list", "--admin", shop.address(), "--ca", ...});

#ifndef FUSEBOX_TESTS_TOOLS_TLS_PROCESS_H_
#define FUSEBOX_TESTS_TOOLS_TLS_PROCESS_H_

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/admin/options.h"
#include "fusebox/admin/service.h"
#include "fusebox/base/mutex.h"
#include "fusebox/core/breaker.h"
#include "fusebox/registry/registry.h"
#include "tests/tools/certificates.h"

namespace fusebox {

// Listens on a port of 127.0.0.1 and, if a socket is given, there too. Its
// certificate is for cart.internal.
class TlsProcess {
 public:
  enum class Clients { kNeedNoCertificates, kNeedCertificates, kUseNoTls };

  explicit TlsProcess(Clients clients = Clients::kNeedNoCertificates,
                      const std::string& socket = "")
      : registry_(Registry::Create()),
        breaker_(registry_->FindBreaker("", "/s/M")) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", CredentialsFor(clients), &port_);
    if (!socket.empty()) {
      builder.AddListeningPort(socket, CredentialsFor(clients));
    }
    AdminOptions options;
    options.authorize = [this](const AdminCall& call) {
      const MutexLock lock(mu_);
      metadata_.clear();
      for (const auto& [name, value] : call.context.client_metadata()) {
        metadata_[{name.data(), name.size()}] = {value.data(), value.size()};
      }
      return grpc::Status::OK;
    };
    admin_ = AddBreakerAdmin(&builder, registry_, std::move(options));
    server_ = builder.BuildAndStart();
  }

  ~TlsProcess() {
    admin_->EndWatches();
    server_->Shutdown();
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  // Returns the metadata of the last call.
  std::map<std::string, std::string> metadata() const {
    const MutexLock lock(mu_);
    return metadata_;
  }

  AdminService& admin() { return *admin_; }

 private:
  static std::shared_ptr<grpc::ServerCredentials> CredentialsFor(
      Clients clients) {
    if (clients == Clients::kUseNoTls) return grpc::InsecureServerCredentials();
    grpc::SslServerCredentialsOptions options(
        clients == Clients::kNeedCertificates
            ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
            : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
    options.pem_root_certs = kRoot;
    options.pem_key_cert_pairs.push_back({kServerKey, kServerCert});
    return grpc::SslServerCredentials(options);
  }

  const std::shared_ptr<Registry> registry_;
  const std::shared_ptr<Breaker> breaker_;
  int port_ = 0;
  mutable Mutex mu_;
  std::map<std::string, std::string> metadata_ FUSEBOX_GUARDED_BY(mu_);
  std::shared_ptr<AdminService> admin_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_TOOLS_TLS_PROCESS_H_
