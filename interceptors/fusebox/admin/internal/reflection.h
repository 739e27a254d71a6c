// reflection.h: gRPC's server reflection for the admin service, and only for
// it.
//
//   Reflection reflection(options.authorize, registry);
//   builder.RegisterCallbackGenericService(&reflection);
//
// gRPC has a library of its own for this, grpc++_reflection. A process that
// links it serves reflection on every one of its servers, also on those of the
// application. This service works only where it is registered, and it describes
// only admin.proto and the files that admin.proto imports. It does not use the
// generated messages of reflection.proto, because a process may contain them
// only once.

#ifndef FUSEBOX_ADMIN_INTERNAL_REFLECTION_H_
#define FUSEBOX_ADMIN_INTERNAL_REFLECTION_H_

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/support/status.h>

#include <functional>
#include <memory>

#include "fusebox/admin/options.h"
#include "fusebox/registry/registry.h"

namespace fusebox::internal {

// Answers the versions v1 and v1alpha, which differ only in their names. Any
// other method is UNIMPLEMENTED. Thread-safe.
class Reflection final : public grpc::CallbackGenericService {
 public:
  using Hook = std::function<grpc::Status(const AdminCall&)>;

  // `authorize` decides about each call, whose method is
  // "ServerReflectionInfo".
  Reflection(Hook authorize, std::shared_ptr<Registry> registry);

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

 private:
  const Hook authorize_;
  const std::shared_ptr<Registry> registry_;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_REFLECTION_H_
