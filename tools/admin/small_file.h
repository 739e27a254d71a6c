// small_file.h: reads a file that a user names in an option.

#ifndef FUSEBOX_TOOLS_ADMIN_SMALL_FILE_H_
#define FUSEBOX_TOOLS_ADMIN_SMALL_FILE_H_

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/base/text.h"

namespace fusebox::tool {

// Returns the path in quotes, safe to print and not cut off.
inline std::string QuotedPath(const std::string& path) {
  return "\"" + Escaped(path, path.size()) + "\"";
}

// Returns the contents of the file, which may be a pipe. Errors: those of the
// system, and INVALID_ARGUMENT if the file has more than 1 MiB. The message of
// an error does not name the file.
inline absl::StatusOr<std::string> ReadSmallFile(const std::string& path) {
  constexpr size_t kMaxBytes = 1 << 20;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      std::fopen(path.c_str(), "rb"), &std::fclose);
  if (file == nullptr) return absl::ErrnoToStatus(errno, "cannot be read");
  std::string text(kMaxBytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) {
    return absl::ErrnoToStatus(errno, "cannot be read");
  }
  if (text.size() > kMaxBytes) {
    return absl::InvalidArgumentError("must have at most 1 MiB");
  }
  return text;
}

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_ADMIN_SMALL_FILE_H_
