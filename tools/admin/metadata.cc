#include "tools/admin/metadata.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "tools/admin/small_file.h"

namespace fusebox::tool {
namespace {

constexpr std::string_view kHeaderCharacters =
    "abcdefghijklmnopqrstuvwxyz0123456789_-.";

absl::Status Wrong(const std::string& problem) {
  return absl::InvalidArgumentError(problem);
}

absl::Status WrongName(const std::string& name) {
  const std::string lower = absl::AsciiStrToLower(name);
  std::string problem =
      "must have a name of lower-case letters, digits, \"_\", \"-\" and \".\"";
  // Anything else may be a part of a secret.
  if (lower.find_first_not_of(kHeaderCharacters) == std::string::npos) {
    problem += ", such as \"" + lower + "\"";
  } else {
    problem += "; character " +
               std::to_string(lower.find_first_not_of(kHeaderCharacters) + 1) +
               " is none of these";
  }
  return Wrong(problem);
}

bool IsSetByGrpc(const std::string& name) {
  return absl::StartsWith(name, "grpc-") || name == "te" ||
         name == "content-type" || name == "user-agent";
}

// Appends the headers of a text with one per line. `where` names the text.
absl::Status AddLines(const std::string& where, const std::string& text,
                      Metadata* metadata) {
  size_t number = 0;
  for (const std::string& line :
       std::vector<std::string>(absl::StrSplit(text, '\n'))) {
    ++number;
    if (absl::StripAsciiWhitespace(line).empty()) continue;
    absl::StatusOr<Header> header = ParseHeader(line);
    if (!header.ok()) {
      return Wrong(where + " line " + std::to_string(number) + ": " +
                   std::string(header.status().message()));
    }
    metadata->push_back(*std::move(header));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Header> ParseHeader(const std::string& text) {
  const size_t colon = text.find(':');
  if (colon == std::string::npos) {
    return Wrong("must be \"name: value\", has no \":\"");
  }
  std::string name = text.substr(0, colon);
  std::string value = text.substr(colon + 1);
  absl::StripAsciiWhitespace(&name);
  absl::StripAsciiWhitespace(&value);
  if (name.empty()) return Wrong("must have a name before \":\"");
  if (name.find_first_not_of(kHeaderCharacters) != std::string::npos) {
    return WrongName(name);
  }
  if (IsSetByGrpc(name)) {
    return Wrong("must not be \"" + name + "\", which gRPC sets itself");
  }
  if (absl::EndsWith(name, "-bin")) {
    std::string bytes;
    if (!absl::Base64Unescape(value, &bytes)) {
      return Wrong("\"" + name +
                   "\" must have a base64 value, because its name ends in "
                   "\"-bin\"");
    }
    return Header(name, bytes);
  }
  const auto bad = std::find_if(value.begin(), value.end(), [](char c) {
    return !absl::ascii_isprint(static_cast<unsigned char>(c));
  });
  if (bad != value.end()) {
    return Wrong("\"" + name +
                 "\" must have a value of printable ASCII characters; byte " +
                 std::to_string(bad - value.begin() + 1) +
                 " of it is another. Binary values are base64, and their names "
                 "end in \"-bin\"");
  }
  return Header(name, std::move(value));
}

absl::StatusOr<Metadata> ReadMetadata(const std::vector<std::string>& given,
                                      const char* variable) {
  Metadata metadata;
  if (given.empty()) {
    const absl::Status status = AddLines(
        kHeadersVariable, variable == nullptr ? "" : variable, &metadata);
    if (!status.ok()) return status;
    return metadata;
  }
  for (size_t i = 0; i < given.size(); ++i) {
    if (absl::StartsWith(given[i], "@")) {
      const std::string where = "-H: " + QuotedPath(given[i].substr(1));
      const absl::StatusOr<std::string> text =
          ReadSmallFile(given[i].substr(1));
      if (!text.ok()) {
        return absl::Status(text.status().code(),
                            where + " " + std::string(text.status().message()));
      }
      const absl::Status status = AddLines(where, *text, &metadata);
      if (!status.ok()) return status;
      continue;
    }
    absl::StatusOr<Header> header = ParseHeader(given[i]);
    if (!header.ok()) {
      return Wrong("-H: header " + std::to_string(i + 1) + " " +
                   std::string(header.status().message()));
    }
    metadata.push_back(*std::move(header));
  }
  return metadata;
}

}  // namespace fusebox::tool
