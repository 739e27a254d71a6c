// connection.h: a channel to the admin service of one process.
//
//   Connection process(address);
//   grpc::ClientContext context;
//   SetDeadline(&context);
//   grpc::Status status =
//       process.stub().ListBreakers(&context, request, &response);

#ifndef FUSEBOX_TOOLS_ADMIN_CONNECTION_H_
#define FUSEBOX_TOOLS_ADMIN_CONNECTION_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <memory>
#include <string>

#include "fusebox/v1/admin.grpc.pb.h"
#include "tools/admin/address.h"

namespace fusebox::tool {

// How long a process may take to answer a unary call.
inline constexpr std::chrono::seconds kCallTimeout{10};

void SetDeadline(grpc::ClientContext* context);

// "UNAVAILABLE: connection refused", on one line, whatever the process sent.
std::string StatusText(const grpc::Status& status);

// Plain text, straight to the process whatever proxy the environment names,
// and with answers of any size. It connects on first use and again a second
// after it failed, at most. Thread-safe.
class Connection {
 public:
  explicit Connection(AdminAddress address);

  const AdminAddress& address() const { return address_; }
  v1::BreakerAdmin::Stub& stub() { return *stub_; }

 private:
  const AdminAddress address_;
  const std::unique_ptr<v1::BreakerAdmin::Stub> stub_;
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_ADMIN_CONNECTION_H_
