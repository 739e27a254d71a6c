#include "fusebox/config/config_parser.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "fusebox/base/problem.h"
#include "fusebox/config/config_proto.h"
#include "fusebox/config/internal/config_resolver.h"
#include "fusebox/config/internal/json_message.h"
#include "fusebox/config/internal/textproto.h"
#include "fusebox/core/settings.h"
#include "fusebox/policy/config.h"
#include "fusebox/v1/config.pb.h"

namespace fusebox {

using internal::AddUnrelated;
using internal::ReadJson;
using internal::ReadTextproto;
using internal::ResolveConfig;
using internal::ValidateResolved;
using internal::WriteJson;

namespace {

// The config if there is no problem.
absl::StatusOr<Config> Finish(Config config, Problems problems,
                              Problems* all_problems) {
  absl::Status status;
  if (!problems.empty()) {
    status = absl::InvalidArgumentError(ToString(problems));
  }
  if (all_problems != nullptr) *all_problems = std::move(problems);
  if (!status.ok()) return status;
  return config;
}

// Field names, which are what has a '_' before a small letter: "open_duration"
// -> "openDuration". What stands in quotes is a user's and stays.
std::string ToLowerCamelCase(std::string_view text) {
  const auto is_small = [](char c) { return c >= 'a' && c <= 'z'; };
  std::string result;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted && text[i] == '\\') result += text[i++];
    if (!quoted && text[i] == '_' && i + 1 < text.size() &&
        is_small(text[i + 1])) {
      result += static_cast<char>(text[++i] - 'a' + 'A');
    } else {
      result += text[i];
    }
  }
  return result;
}

Problems InLowerCamelCase(Problems problems) {
  for (Problem& problem : problems) {
    problem = {ToLowerCamelCase(problem.path),
               ToLowerCamelCase(problem.message)};
  }
  return problems;
}

bool IsTooLong(std::string_view text, Problems* problems) {
  if (text.size() <= kMaxConfigBytes) return false;
  problems->push_back(
      {"config", "must be at most " + std::to_string(kMaxConfigBytes) +
                     " bytes, is " + std::to_string(text.size())});
  return true;
}

// At most a byte more than a config may have.
absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      std::fopen(path.c_str(), "rb"), &std::fclose);
  const auto fail = [&] { return absl::ErrnoToStatus(errno, path); };
  if (file == nullptr) return fail();
  std::string text;
  std::array<char, 1 << 16> buffer;
  while (text.size() <= kMaxConfigBytes) {
    const size_t size = std::fread(buffer.data(), 1, buffer.size(), file.get());
    if (std::ferror(file.get()) != 0) return fail();
    if (size == 0) break;
    text.append(buffer.data(), size);
  }
  return text;
}

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         text.substr(text.size() - end.size()) == end;
}

}  // namespace

absl::StatusOr<Config> ConfigFromProto(const v1::Config& proto,
                                       Problems* problems) {
  Problems found;
  Config config = ResolveConfig(proto, &found);
  AddUnrelated(ValidateResolved(proto, config), &found);
  return Finish(std::move(config), std::move(found), problems);
}

absl::StatusOr<Config> ParseConfigJson(std::string_view text,
                                       Problems* problems) {
  Problems found;
  v1::Config proto;
  Config config;
  if (!IsTooLong(text, &found) && ReadJson(text, &proto, &found)) {
    Problems more;
    if (absl::StatusOr<Config> resolved = ConfigFromProto(proto, &more);
        resolved.ok()) {
      config = *std::move(resolved);
    }
    AddUnrelated(InLowerCamelCase(std::move(more)), &found);
  }
  return Finish(std::move(config), std::move(found), problems);
}

absl::StatusOr<Config> ParseConfigTextproto(std::string_view text,
                                            Problems* problems) {
  Problems found;
  v1::Config proto;
  if (IsTooLong(text, &found) || !ReadTextproto(text, &proto, &found)) {
    return Finish(Config(), std::move(found), problems);
  }
  return ConfigFromProto(proto, problems);
}

absl::StatusOr<Config> LoadConfigFile(const std::string& path,
                                      Problems* problems) {
  if (problems != nullptr) problems->clear();
  const bool is_json = EndsWith(path, ".json");
  if (!is_json && !EndsWith(path, ".textproto") && !EndsWith(path, ".txtpb")) {
    return absl::InvalidArgumentError(
        path + ": must end in .json, .textproto or .txtpb");
  }
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  absl::StatusOr<Config> config = is_json
                                      ? ParseConfigJson(*text, problems)
                                      : ParseConfigTextproto(*text, problems);
  if (config.ok()) return config;
  return absl::Status(config.status().code(),
                      absl::StrCat(path, ": ", config.status().message()));
}

std::string ConfigToJson(const Config& config) {
  return WriteJson(ConfigToProto(config)) + "\n";
}

}  // namespace fusebox
