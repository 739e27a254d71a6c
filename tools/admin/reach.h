// reach.h: how the tool reaches processes: with or without TLS, and with which
// metadata.
//
//   absl::StatusOr<std::shared_ptr<const Reach>> reach = ReadReach(options);
//   for (AdminAddress& address : addresses) address.reach = *reach;
//   Connection connection(addresses[0]);

#ifndef FUSEBOX_TOOLS_ADMIN_REACH_H_
#define FUSEBOX_TOOLS_ADMIN_REACH_H_

#include <grpcpp/support/status.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/admin/metadata.h"

namespace fusebox::tool {

// What the user gave on the command line. What is not given comes from the
// environment.
struct ReachOptions {
  std::optional<bool> tls;                 // FUSEBOX_TLS
  std::optional<std::string> ca;           // FUSEBOX_CA
  std::optional<std::string> cert;         // FUSEBOX_CERT
  std::optional<std::string> cert_key;     // FUSEBOX_CERT_KEY
  std::optional<std::string> server_name;  // FUSEBOX_SERVER_NAME
  std::vector<std::string> headers;        // FUSEBOX_HEADERS
};

struct Reach {
  bool tls = false;
  std::string ca;           // the file of the roots; empty: the system's roots
  std::string roots;        // PEM
  std::string certs;        // PEM; empty: no client certificate
  std::string private_key;  // PEM
  std::string server_name;  // empty: the name in the address
  Metadata metadata;
};

// Returns the value of an environment variable, or null.
using Environment = std::function<const char*(const char* name)>;

// Reads the options, and the files that they name. TLS is on if any option of
// TLS is given, unless `tls` is false. Errors name the option or the variable.
absl::StatusOr<std::shared_ptr<const Reach>> ReadReach(
    const ReachOptions& options,
    const Environment& environment = [](const char* name) {
      return static_cast<const char*>(std::getenv(name));
    });

// Returns what the status of a failed call means for somebody who set `reach`:
// "the process answered without TLS". Returns an empty string if the status has
// nothing to do with TLS.
std::string ReachHint(const grpc::Status& status, const Reach& reach);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_ADMIN_REACH_H_
