// service.h: fusebox.v1.BreakerAdmin on a server of the application's.
//
//   grpc::ServerBuilder builder;
//   ...
//   auto admin = fusebox::AddBreakerAdmin(&builder, registry);
//   auto server = builder.BuildAndStart();
//   ...
//   admin->EndWatches();
//   server->Shutdown();
//
// Whoever can connect to that server can look at the breakers, and steer them
// where `AdminOptions::read_only` is false: let `authorize` say who may. A
// process without a server has AdminServer (admin_server.h).
// proto/fusebox/v1/admin.proto says what there is to call.

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

// The service of one server. Thread-safe.
class FUSEBOX_EXPORT AdminService {
 public:
  virtual ~AdminService() = default;

  // Ends all watches with UNAVAILABLE (CANCELLED where nobody reads) and lets
  // no more begin; takes a tenth of a second at most. A server that is shut
  // down without a deadline waits for the end of every call: call this first.
  virtual void EndWatches() = 0;

  // That are under way.
  virtual size_t watchers() const = 0;

  // How often the registry was looked at for all watchers together.
  virtual uint64_t looks() const = 0;
};

// The server that `builder` makes serves the breakers of `registry`, and keeps
// both alive; what is returned is for EndWatches() and may be dropped. Nothing
// is served that was not added so. REQUIRES: neither is null; once a builder.
FUSEBOX_EXPORT std::shared_ptr<AdminService> AddBreakerAdmin(
    grpc::ServerBuilder* builder, std::shared_ptr<Registry> registry,
    AdminOptions options = {});

}  // namespace fusebox

#endif  // FUSEBOX_ADMIN_SERVICE_H_
