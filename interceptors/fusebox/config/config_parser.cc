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
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "fusebox/base/problem.h"
#include "fusebox/base/text.h"
#include "fusebox/config/internal/config_resolver.h"
#include "fusebox/config/internal/config_schema.h"
#include "fusebox/config/internal/json_message.h"
#include "fusebox/config/internal/textproto.h"
#include "fusebox/policy/config.h"

namespace fusebox {

using internal::AddUnrelated;
using internal::ConfigFromMessage;
using internal::ConfigUnless;
using internal::NewConfigMessage;
using internal::ReadJson;
using internal::ReadTextproto;
using internal::WriteConfig;
using internal::WriteJson;

namespace {

// "open_backoff.max_duration" -> "openBackoff.maxDuration"
std::string ToLowerCamelCase(std::string_view path) {
  std::string result;
  for (size_t i = 0; i < path.size(); ++i) {
    result += path[i] == '_' && i + 1 < path.size()
                  ? absl::ascii_toupper(static_cast<unsigned char>(path[++i]))
                  : path[i];
  }
  return result;
}

bool IsTooLong(std::string_view text, Problems* problems) {
  if (text.size() <= kMaxConfigBytes) return false;
  problems->push_back(
      {"config", absl::StrCat("must be at most ", kMaxConfigBytes, " bytes"),
       absl::StrCat(text.size())});
  return true;
}

// Removes the byte order mark with which some editors begin a file. Returns
// false, with a problem, if the mark is that of another encoding.
bool RemoveMark(std::string_view* text, Problems* problems) {
  constexpr std::string_view kUtf8 = "\xef\xbb\xbf";
  if (text->substr(0, kUtf8.size()) == kUtf8) {
    text->remove_prefix(kUtf8.size());
    return true;
  }
  const std::string_view begin = text->substr(0, 2);
  if (begin != "\xff\xfe" && begin != "\xfe\xff") return true;
  problems->push_back({"config", "must be UTF-8", "UTF-16"});
  return false;
}

bool IsReadable(std::string_view* text, Problems* problems) {
  return !IsTooLong(*text, problems) && RemoveMark(text, problems);
}

// Reads a file, but little more of it than a config may have.
absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      std::fopen(path.c_str(), "rb"), &std::fclose);
  const auto fail = [&] { return absl::ErrnoToStatus(errno, OneLine(path)); };
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

}  // namespace

absl::StatusOr<Config> ParseConfigJson(std::string_view text,
                                       Problems* problems) {
  Problems found;
  const auto message = NewConfigMessage();
  Config config;
  if (IsReadable(&text, &found) && ReadJson(text, message.get(), &found)) {
    Problems more;
    config = ConfigFromMessage(*message, &more).value_or(Config());
    for (Problem& problem : more) {
      problem.path = ToLowerCamelCase(problem.path);
      problem.other = ToLowerCamelCase(problem.other);
    }
    AddUnrelated(std::move(more), &found);
  }
  return ConfigUnless(std::move(found), std::move(config), problems);
}

absl::StatusOr<Config> ParseConfigTextproto(std::string_view text,
                                            Problems* problems) {
  Problems found;
  const auto message = NewConfigMessage();
  if (!IsReadable(&text, &found) ||
      !ReadTextproto(text, message.get(), &found)) {
    return ConfigUnless(std::move(found), Config(), problems);
  }
  return ConfigFromMessage(*message, problems);
}

absl::StatusOr<Config> LoadConfigFile(const std::string& path,
                                      Problems* problems) {
  if (problems != nullptr) problems->clear();
  const bool is_json = absl::EndsWith(path, ".json");
  if (!is_json && !absl::EndsWith(path, ".textproto") &&
      !absl::EndsWith(path, ".txtpb")) {
    return absl::InvalidArgumentError(
        OneLine(path) + ": must end in .json, .textproto or .txtpb");
  }
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  absl::StatusOr<Config> config = is_json
                                      ? ParseConfigJson(*text, problems)
                                      : ParseConfigTextproto(*text, problems);
  if (config.ok()) return config;
  return absl::Status(
      config.status().code(),
      absl::StrCat(OneLine(path), ": ", config.status().message()));
}

std::string ConfigToJson(const Config& config) {
  const auto message = NewConfigMessage();
  WriteConfig(config, message.get());
  return WriteJson(*message) + "\n";
}

}  // namespace fusebox
