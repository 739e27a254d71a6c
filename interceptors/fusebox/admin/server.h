// server.h: an admin server for a process that has no gRPC server of its own.
//
//   absl::StatusOr<std::unique_ptr<fusebox::AdminServer>> admin =
//       fusebox::AdminServer::Create(registry, "unix:/run/cart/fusebox.sock");
//
//   $ fusebox list --admin unix:/run/cart/fusebox.sock
//
// The server answers calls of fusebox.v1.BreakerAdmin (see
// proto/fusebox/v1/admin.proto): clients list and watch the circuit breakers,
// and can change them if AdminOptions::read_only is false. Only processes on
// the same host can connect. A unix socket admits only the user that runs this
// process; a port of the loopback interface admits every user of the host.
//
// A process that has a gRPC server adds the service to it (service.h).

#ifndef FUSEBOX_ADMIN_SERVER_H_
#define FUSEBOX_ADMIN_SERVER_H_

#include <grpcpp/generic/async_generic_service.h>
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

// Serves from Create() until it is destroyed. Thread-safe.
class FUSEBOX_EXPORT AdminServer {
 public:
  // Starts a server at `address`, which is one of these:
  //
  //   "unix:PATH"        a unix socket. No other user may enter its directory,
  //                      which is created with mode 0700 if it is missing. A
  //                      socket that a dead process left behind is replaced.
  //   "127.0.0.1:PORT"   a port of the loopback interface. 0 chooses a free
  //   "[::1]:PORT"       port.
  //
  // Errors: INVALID_ARGUMENT if the address is anything else, or an option is
  // out of range; FAILED_PRECONDITION if other users may enter the directory,
  // or if PATH exists and is not a socket; ALREADY_EXISTS if another process
  // listens at PATH; UNAVAILABLE if the port is taken; errors of the file
  // system.
  //
  // REQUIRES: `registry` is not null.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Create(
      std::shared_ptr<Registry> registry, const std::string& address,
      AdminOptions options = {});

  // Ends all calls, without waiting for clients, and removes the socket. Blocks
  // for at most about a tenth of a second.
  ~AdminServer();

  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  // Returns the address that clients connect to. It has the real port, and
  // characters of a path that a URI cannot hold are percent-encoded.
  const std::string& address() const { return address_; }

  // Returns the service that the server runs.
  AdminService& service() const { return *service_; }

 private:
  AdminServer() = default;

  std::string address_;
  std::unique_ptr<internal::SocketFile> file_;  // must outlive `server_`
  std::unique_ptr<grpc::CallbackGenericService> reflection_;  // or null
  std::shared_ptr<AdminService> service_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace fusebox

#endif  // FUSEBOX_ADMIN_SERVER_H_
