// connection.h: connects to the admin service of one process.
//
//   Connection process(address);
//   grpc::ClientContext context;
//   process.Prepare(&context);
//   SetDeadline(&context);
//   grpc::Status status = process.Explain(
//       process.stub().ListBreakers(&context, request, &response));

#ifndef FUSEBOX_TOOLS_ADMIN_CONNECTION_H_
#define FUSEBOX_TOOLS_ADMIN_CONNECTION_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "fusebox/v1/admin.grpc.pb.h"
#include "tools/admin/address.h"
#include "tools/admin/reach.h"

namespace fusebox::tool {

// The deadline of a unary call.
inline constexpr std::chrono::seconds kCallTimeout{10};

// A process returns at most this many events in one answer.
inline constexpr uint32_t kMaxListedEvents = 10'000;

// Gives the call `kCallTimeout` from now.
void SetDeadline(grpc::ClientContext* context);

// Returns "UNAVAILABLE: connection refused" on one line. Whoever shows it on a
// terminal calls Printable().
std::string StatusText(const grpc::Status& status);

// A channel, with TLS if `address.reach` says so. It ignores proxies in the
// environment and accepts answers of any size. It connects on first use, and
// tries again at most one second after a failure. Thread-safe.
class Connection {
 public:
  explicit Connection(const AdminAddress& address);

  v1::BreakerAdmin::Stub& stub() { return *stub_; }

  // Adds the metadata of `address.reach`. Every call needs it.
  void Prepare(grpc::ClientContext* context) const;

  // Returns the status of a call. If it has failed because of TLS, the message
  // ends in what the user can do.
  grpc::Status Explain(const grpc::Status& status) const;

 private:
  const std::shared_ptr<const Reach> reach_;  // not null
  const std::unique_ptr<v1::BreakerAdmin::Stub> stub_;
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_ADMIN_CONNECTION_H_
