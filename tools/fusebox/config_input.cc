#include "tools/fusebox/config_input.h"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "fusebox/config/config_parser.h"

namespace fusebox::tool {
namespace {

constexpr char kJson[] = "json";
constexpr char kTextproto[] = "textproto";

// Returns an empty string if the path does not say.
std::string FormatOf(const std::string& path) {
  if (path == "-" || absl::EndsWith(path, ".json")) return kJson;
  if (absl::EndsWith(path, ".textproto") || absl::EndsWith(path, ".txtpb")) {
    return kTextproto;
  }
  return "";
}

// Reads the file, or standard input. The parser reports a text that is too
// long, so one byte too many is enough.
absl::StatusOr<std::string> Read(const std::string& path) {
  const bool standard = path == "-";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> opened(
      standard ? nullptr : std::fopen(path.c_str(), "rb"), &std::fclose);
  std::FILE* const file = standard ? stdin : opened.get();
  std::string text(kMaxConfigBytes + 1, '\0');
  if (file != nullptr) {
    text.resize(std::fread(text.data(), 1, text.size(), file));
  }
  if (file == nullptr || std::ferror(file) != 0) {
    return absl::ErrnoToStatus(errno, standard ? "standard input" : path);
  }
  return text;
}

}  // namespace

CLI::Option* AddConfigInput(CLI::App* command, const std::string& name,
                            ConfigInput* input) {
  command
      ->add_option("--format", input->format,
                   "The format of the config: json or textproto (default: what "
                   "its name ends in; json for standard input)")
      ->check(CLI::IsMember({kJson, kTextproto}), "")
      ->option_text("FORMAT");
  return command
      ->add_option(
          name, input->path,
          "A .json, .textproto or .txtpb file, or - for standard input")
      ->required();
}

absl::StatusOr<Config> ReadConfig(const ConfigInput& input,
                                  Problems* problems) {
  problems->clear();
  const std::string format =
      input.format.empty() ? FormatOf(input.path) : input.format;
  if (format.empty()) {
    return absl::InvalidArgumentError(
        input.path +
        ": must end in .json, .textproto or .txtpb, unless --format names its "
        "format");
  }
  const absl::StatusOr<std::string> text = Read(input.path);
  if (!text.ok()) return text.status();
  return format == kJson ? ParseConfigJson(*text, problems)
                         : ParseConfigTextproto(*text, problems);
}

}  // namespace fusebox::tool
