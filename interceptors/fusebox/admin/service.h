// service.h: adds fusebox.v1.BreakerAdmin to a gRPC server of the application.
//
//   grpc::ServerBuilder builder;
//   ...
//   auto admin = fusebox::AddBreakerAdmin(&builder, registry);
//   auto server = builder.BuildAndStart();
//   ...
//   admin->EndWatches();
//   server->Shutdown();
//
// Every client of that server can list and watch the circuit breakers of the
// registry, and can change them if AdminOptions::read_only is false. Set
// AdminOptions::authorize to decide who may. proto/fusebox/v1/admin.proto
// documents the calls.
//
// A process without a server of its own creates an AdminServer (server.h).

#ifndef FUSEBOX_ADMIN_SERVICE_H_
#define FUSEBOX_ADMIN_SERVICE_H_

#include <grpcpp/server_builder.h>

#include <cstddef>
#include <cstdint>
#include <memory>

#include "fusebox/admin/options.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

// The admin service of one server. Thread-safe.
class FUSEBOX_EXPORT AdminService {
 public:
  virtual ~AdminService() = default;

  // Ends all watches and refuses new ones. A watch ends with UNAVAILABLE, or
  // with CANCELLED if its client does not read. Blocks for at most about a
  // tenth of a second. Call it before the server's Shutdown(), which without a
  // deadline waits until every call has ended.
  virtual void EndWatches() = 0;

  // Returns how many clients are watching.
  virtual size_t watchers() const = 0;

  // Returns how many times the registry has been read for all watchers
  // together.
  virtual uint64_t looks() const = 0;
};

// Makes the server that `builder` builds serve the breakers of `registry`. The
// server keeps the service and the registry alive, so the result may be
// dropped: it is needed only for EndWatches(). A server without this call
// serves nothing of Fusebox.
//
// REQUIRES: neither pointer is null; at most one call per builder. A second
// registry of the process needs a server of its own, such as an AdminServer.
FUSEBOX_EXPORT std::shared_ptr<AdminService> AddBreakerAdmin(
    grpc::ServerBuilder* builder, std::shared_ptr<Registry> registry,
    AdminOptions options = {});

}  // namespace fusebox

#endif  // FUSEBOX_ADMIN_SERVICE_H_
