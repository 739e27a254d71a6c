// metadata.h: reads the metadata that a user gives with -H.
//
//   absl::StatusOr<Metadata> metadata =
//       ReadMetadata(options.headers, std::getenv(kHeadersVariable));
//
// A value may be a secret. No error contains a value, or a text that might be
// one.

#ifndef FUSEBOX_TOOLS_ADMIN_METADATA_H_
#define FUSEBOX_TOOLS_ADMIN_METADATA_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace fusebox::tool {

// The environment variable that holds headers, one per line, for commands
// without -H.
inline constexpr char kHeadersVariable[] = "FUSEBOX_HEADERS";

using Header = std::pair<std::string, std::string>;  // a name and its value
using Metadata = std::vector<Header>;

// Reads "name: value". Spaces around the name and around the value do not
// count. A name has lower-case letters, digits, "_", "-" and ".". The value of
// a name that ends in "-bin" is base64, and any other value is printable ASCII.
// Any other text is INVALID_ARGUMENT, with a message that says what would be
// right. So are the names that gRPC sets itself.
absl::StatusOr<Header> ParseHeader(const std::string& text);

// Reads the headers in `given` or, if it is empty, in `variable`, which is the
// value of the environment variable or null. In `given`, "@FILE" stands for the
// headers in a file, one per line. Empty lines do not count. Errors: those of
// ParseHeader(), with the place of the header; those of the system, if a file
// cannot be read.
absl::StatusOr<Metadata> ReadMetadata(const std::vector<std::string>& given,
                                      const char* variable);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_ADMIN_METADATA_H_
