// server.h: fusebox.v1.BreakerAdmin for a process without a server.
//
//   absl::StatusOr<std::unique_ptr<fusebox::AdminServer>> admin =
//       fusebox::AdminServer::Create(registry, "unix:/run/cart/fusebox.sock");
//
//   $ fusebox list --admin unix:/run/cart/fusebox.sock
//
// It is there for this host only. A unix socket is for this user alone; a port
// of the loopback interface is for every user of the host.

#ifndef FUSEBOX_ADMIN_SERVER_H_
#define FUSEBOX_ADMIN_SERVER_H_

#include <grpcpp/server.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "fusebox/admin/internal/socket_file.h"
#include "fusebox/admin/options.h"
#include "fusebox/admin/service.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

// Serves from its making to its end. Thread-safe.
class FUSEBOX_EXPORT AdminServer {
 public:
  // `address`: "unix:PATH", a socket in a directory of its own, which is made
  // with mode 0700 where there is none (socket_file.h); "127.0.0.1:PORT" or
  // "[::1]:PORT", where port 0 is a free one. Errors: INVALID_ARGUMENT for
  // anything else and for options out of range; those of
  // SocketFile::Prepare(); UNAVAILABLE where the port is taken.
  // REQUIRES: `registry` is not null.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Create(
      std::shared_ptr<Registry> registry, const std::string& address,
      AdminOptions options = {});

  // Ends all calls; waits for no client.
  ~AdminServer();

  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  // Where it is: what Create() was given, with the port that it has.
  const std::string& address() const { return address_; }

  AdminService& service() const { return *service_; }

 private:
  AdminServer() = default;

  std::string address_;
  std::unique_ptr<internal::SocketFile> file_;  // outlives the server
  std::shared_ptr<AdminService> service_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace fusebox

#endif  // FUSEBOX_ADMIN_SERVER_H_
