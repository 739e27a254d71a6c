// checker.cc: the rules of the house.

#include "tests/house/checker.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/base/read_file.h"

namespace fusebox {
namespace {

// What each layer may include in addition to the C++ standard library: layers
// of Fusebox ("core"), top folders of other libraries ("absl/"), and the
// system's sockets and files ("POSIX"). "." is the root, with the umbrella
// header. A folder that is not in this table may not exist.
const std::map<std::string, std::set<std::string>>& Allowed() {
  static const auto& allowed = *new std::map<std::string,
                                             std::set<std::string>>{
      {"base", {"base", "utf8/", "pthread.h"}},
      {"core", {"base", "core"}},
      {"policy", {"base", "core", "policy", "absl/"}},
      {"config",
       {"base", "core", "policy", "config", "v1", "absl/", "google/protobuf/",
        "nlohmann/"}},
      {"registry", {"base", "core", "policy", "config", "registry", "absl/"}},
      {"grpc",
       {"base", "core", "policy", "config", "registry", "grpc", "absl/",
        "google/protobuf/", "grpc/", "grpcpp/"}},
      {"log", {"base", "core", "policy", "config", "registry", "log", "absl/"}},
      {"metrics",
       {"base", "core", "policy", "config", "registry", "metrics", "absl/"}},
      {"prometheus",
       {"base", "core", "policy", "config", "registry", "metrics", "prometheus",
        "prometheus/"}},
      {"admin",
       {"base", "core", "policy", "config", "registry", "log", "metrics",
        "admin", "v1", "absl/", "google/protobuf/", "grpc/", "grpcpp/",
        "POSIX"}},
      {"testing",
       {"base", "core", "policy", "registry", "grpc", "testing", "absl/",
        "grpc/", "grpcpp/", "gtest/", "gmock/", "POSIX"}},
      {".",
       {".", "core", "policy", "config", "registry", "grpc", "log", "metrics"}},
  };
  return allowed;
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// "core/breaker.h" -> "core"; "version.h" -> "."
std::string Layer(const std::string& path) {
  const size_t slash = path.find('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

// Returns what an include is called in the table above, or an empty string for
// a standard header.
std::string Kind(const std::string& include, bool quoted) {
  // Of C's own headers the house needs one.
  static const std::regex standard("[a-z_]+|time[.]h");
  static const std::regex posix(
      "(dirent|fcntl|poll|pwd|unistd)[.]h|(netinet|sys)/.*");
  if (!quoted && std::regex_match(include, standard)) return "";
  if (!quoted && std::regex_match(include, posix)) return "POSIX";
  constexpr char kOwn[] = "fusebox/";
  if (quoted && include.rfind(kOwn, 0) == 0) {
    return Layer(include.substr(sizeof(kOwn) - 1));
  }
  const std::string protobuf = "google/protobuf/";
  if (include.rfind(protobuf, 0) == 0) return protobuf;
  const size_t slash = include.find('/');
  return slash == std::string::npos ? include : include.substr(0, slash + 1);
}

// "core/breaker.h" -> "FUSEBOX_CORE_BREAKER_H_"
std::string GuardOf(const std::string& path) {
  std::string guard = "FUSEBOX_";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    guard += std::isalnum(byte) ? static_cast<char>(std::toupper(byte)) : '_';
  }
  return guard + "_";
}

std::string FileName(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

}  // namespace

std::vector<SourceFile> ReadFiles(const std::filesystem::path& folder,
                                  const std::vector<std::string>& extensions) {
  std::vector<SourceFile> files;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const std::string extension = entry.path().extension().string();
    const std::string name = entry.path().filename().string();
    if (std::find_if(extensions.begin(), extensions.end(),
                     [&](const std::string& wanted) {
                       return wanted == extension || wanted == name;
                     }) == extensions.end()) {
      continue;
    }
    files.push_back({entry.path().lexically_relative(folder).generic_string(),
                     ReadFile(entry.path())});
  }
  std::sort(
      files.begin(), files.end(),
      [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

Findings CheckLayer(const SourceFile& file) {
  static const std::regex include(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"].*)");
  const std::string layer = Layer(file.path);
  const auto allowed = Allowed().find(layer);
  if (allowed == Allowed().end()) {
    return {file.path + ": '" + layer + "' is no layer of the house"};
  }
  Findings findings;
  size_t number = 0;
  for (const std::string& line : Lines(file.text)) {
    ++number;
    std::smatch match;
    if (!std::regex_match(line, match, include)) continue;
    const std::string kind = Kind(match[2], match[1] == "\"");
    if (!kind.empty() && allowed->second.count(kind) == 0) {
      findings.push_back(file.path + ":" + std::to_string(number) + ": " +
                         layer + " may not include " + match[2].str());
    }
  }
  return findings;
}

Findings CheckHeader(const SourceFile& header) {
  Findings findings;
  const std::vector<std::string> lines = Lines(header.text);
  const std::string title = "// " + FileName(header.path) + ": ";
  if (lines.empty() || lines[0].rfind(title, 0) != 0 ||
      lines[0].size() == title.size()) {
    findings.push_back(header.path + ":1: must begin with \"" + title +
                       "...\"");
  }
  const std::string guard = GuardOf(header.path);
  const auto first =
      std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
        return !line.empty() && line.rfind("//", 0) != 0;
      });
  if (lines.end() - first < 3 || first[0] != "#ifndef " + guard ||
      first[1] != "#define " + guard || lines.back() != "#endif  // " + guard) {
    findings.push_back(header.path + ": must be guarded by " + guard);
  }
  return findings;
}

Findings CheckLength(const SourceFile& file, size_t max_lines) {
  const size_t lines = Lines(file.text).size();
  if (lines <= max_lines) return {};
  return {file.path + ": must have at most " + std::to_string(max_lines) +
          " lines, has " + std::to_string(lines)};
}

Findings CheckUse(const std::vector<SourceFile>& headers,
                  const std::vector<SourceFile>& users) {
  // Users name headers, and these name others: public ones by way of internal
  // ones, too.
  std::map<std::string, const SourceFile*> unused;
  for (const SourceFile& header : headers) unused[header.path] = &header;
  std::vector<const SourceFile*> to_read;
  for (const SourceFile& user : users) to_read.push_back(&user);
  static const std::regex name(R"(fusebox/([a-z0-9_/]+[.]h)\b)");
  while (!to_read.empty()) {
    const std::string& text = to_read.back()->text;
    to_read.pop_back();
    for (std::sregex_iterator match(text.begin(), text.end(), name), end;
         match != end; ++match) {
      const auto found = unused.find((*match)[1]);
      if (found == unused.end()) continue;
      to_read.push_back(found->second);
      unused.erase(found);
    }
  }
  Findings findings;
  for (const auto& [path, header] : unused) {
    if (path.find("/internal/") != std::string::npos) continue;
    findings.push_back(path + ": must be used, or be in internal/");
  }
  return findings;
}

Findings CheckReadme(const SourceFile& readme,
                     const std::vector<std::string>& headers) {
  Findings findings;
  const auto lists = [&](const std::string& name) {
    return readme.text.find("`" + name + "`") != std::string::npos;
  };
  for (const std::string& header : headers) {
    const std::string folder = header.substr(0, header.find('/') + 1);
    if (!lists(header) && (folder.empty() || !lists(folder))) {
      findings.push_back(readme.path + ": must list `" + header + "`");
    }
  }
  static const std::regex row(R"(\n[|] `([a-z0-9_/]+[.]h)`)");
  for (std::sregex_iterator match(readme.text.begin(), readme.text.end(), row),
       end;
       match != end; ++match) {
    if (std::find(headers.begin(), headers.end(), (*match)[1]) ==
        headers.end()) {
      findings.push_back(readme.path + ": lists `" + (*match)[1].str() +
                         "`, which is not there");
    }
  }
  return findings;
}

}  // namespace fusebox
