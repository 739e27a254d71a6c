// checker.cc: the rules of the house.

#include "tests/house/checker.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <utility>

namespace fusebox {
namespace {

// What each layer may include beside the C++ standard library: its own and
// other layers of Fusebox ("core"), top folders of other libraries ("absl/"),
// and the system's sockets and files ("POSIX"). A folder that is not here may
// not exist.
const std::map<std::string, std::set<std::string>>& Allowed() {
  static const auto& allowed =
      *new std::map<std::string, std::set<std::string>>{
          {"core", {"core"}},
          {"policy",
           {"core", "policy", "v1", "absl/", "google/protobuf/", "nlohmann/"}},
          {"registry", {"core", "policy", "registry", "absl/"}},
          {"grpc",
           {"core", "policy", "registry", "grpc", "absl/", "google/protobuf/",
            "grpc/", "grpcpp/"}},
          {"observe",
           {"core", "policy", "registry", "observe", "v1", "absl/",
            "google/protobuf/", "grpc/", "grpcpp/", "prometheus/", "POSIX"}},
          {"testing",
           {"core", "registry", "grpc", "testing", "grpc/", "grpcpp/", "gtest/",
            "gmock/", "POSIX"}},
      };
  return allowed;
}

// Not in headers: users of the library need not have them.
const std::set<std::string>& HiddenInSources() {
  static const auto& hidden = *new std::set<std::string>{"nlohmann/"};
  return hidden;
}

const std::set<std::string>& MayNameExperimental() {
  static const auto& layers = *new std::set<std::string>{"grpc", "testing"};
  return layers;
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// "core/breaker.h" -> "core"
std::string Layer(const std::string& path) {
  return path.substr(0, path.find('/'));
}

// What an include stands for in the table above; empty: a standard header.
std::string Kind(const std::string& include, bool quoted) {
  // C++ keeps C's own headers; of these the house needs one.
  static const std::regex standard("[a-z_]+|time[.]h");
  static const std::regex posix("(fcntl|poll|unistd)[.]h|(netinet|sys)/.*");
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

std::string At(const SourceFile& file, size_t line_number) {
  return file.path + ":" + std::to_string(line_number) + ": ";
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
    std::ostringstream text;
    text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    files.push_back(
        {entry.path().lexically_relative(folder).generic_string(), text.str()});
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
    if (std::regex_match(line, match, include)) {
      const std::string kind = Kind(match[2], match[1] == "\"");
      if (!kind.empty() && allowed->second.count(kind) == 0) {
        findings.push_back(At(file, number) + layer + " may not include " +
                           match[2].str());
      }
      if (HiddenInSources().count(kind) != 0 &&
          std::filesystem::path(file.path).extension() == ".h") {
        findings.push_back(At(file, number) + "a header may not include " +
                           match[2].str());
      }
    }
    if (line.find("grpc::experimental") != std::string::npos &&
        MayNameExperimental().count(layer) == 0) {
      findings.push_back(At(file, number) + layer +
                         " may not name grpc::experimental");
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

Findings CheckLength(const SourceFile& file, size_t most) {
  const size_t lines = Lines(file.text).size();
  if (lines <= most) return {};
  return {file.path + ": must have at most " + std::to_string(most) +
          " lines, has " + std::to_string(lines)};
}

Findings CheckReadme(const SourceFile& readme,
                     const std::vector<std::string>& headers) {
  Findings findings;
  for (const std::string& header : headers) {
    if (readme.text.find("`" + header + "`") == std::string::npos) {
      findings.push_back(readme.path + ": must list `" + header + "`");
    }
  }
  return findings;
}

Findings CheckSourceList(const SourceFile& cmake,
                         const std::vector<std::string>& sources) {
  std::set<std::string> words;
  for (const std::string& line : Lines(cmake.text)) {
    std::string code = line.substr(0, line.find('#'));
    std::replace_if(
        code.begin(), code.end(),
        [](char c) { return c == '(' || c == ')' || c == '"'; }, ' ');
    std::istringstream stream(code);
    for (std::string word; stream >> word;) words.insert(word);
  }
  Findings findings;
  for (const std::string& source : sources) {
    if (words.count(source) == 0) {
      findings.push_back(cmake.path + ": must name " + source);
    }
  }
  return findings;
}

}  // namespace fusebox
