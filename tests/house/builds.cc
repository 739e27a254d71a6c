// builds.cc: reads just enough of CMake's and Bazel's languages.

#include "tests/house/builds.h"

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

namespace fusebox {
namespace {

constexpr std::string_view kSeparators = " \t\r\n,=+[]\";";

// Returns the words and parentheses of `text`. A quoted text is one word.
// Comments are left out.
std::vector<std::string> Words(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(std::exchange(word, ""));
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '#') {
      i = text.find('\n', i);
      if (i == std::string::npos) break;
      end_word();
    } else if (c == '"') {
      end_word();
      const size_t end = text.find('"', i + 1);
      if (end == std::string::npos) break;
      word = text.substr(i + 1, end - i - 1);
      end_word();
      i = end;
    } else if (c == '(' || c == ')') {
      end_word();
      words.emplace_back(1, c);
    } else if (kSeparators.find(c) != std::string_view::npos) {
      end_word();
    } else {
      word += c;
    }
  }
  end_word();
  return words;
}

bool EndsWith(const std::string& text, std::string_view end) {
  return text.size() > end.size() &&
         text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// Returns `path`, or those of `sources` that match it where it is a pattern:
// "core/**/*.cc".
std::set<std::string> Expand(const std::string& path,
                             const std::vector<std::string>& sources) {
  constexpr std::string_view kAny = "**/*";
  const size_t any = path.find(kAny);
  if (any == std::string::npos) return {path};
  std::set<std::string> files;
  for (const std::string& source : sources) {
    if (source.compare(0, any, path, 0, any) == 0 &&
        EndsWith(source, path.substr(any + kAny.size()))) {
      files.insert(source);
    }
  }
  return files;
}

// "quickstart.cc" in examples/quickstart, "${PROJECT_SOURCE_DIR}/proto/a.proto"
// or "//proto:a.proto" -> the path from the root.
std::string FromRoot(std::string source, const std::string& folder) {
  for (const std::string_view root : {"${PROJECT_SOURCE_DIR}/", "//"}) {
    if (source.rfind(root, 0) != 0) continue;
    source.erase(0, root.size());
    const size_t colon = source.find(':');
    if (colon != std::string::npos) source[colon] = '/';
    return source;
  }
  if (source[0] == ':') source.erase(0, 1);
  return folder.empty() ? source : folder + "/" + source;
}

// Reports the sources that `lacks` lacks and `has` has.
void Lacking(const Targets& has, const Targets& lacks,
             const std::string& whose_list, const std::string& other,
             Findings* findings) {
  for (const auto& [target, sources] : has) {
    const auto same = lacks.find(target);
    for (const std::string& source : sources) {
      if (same != lacks.end() && same->second.count(source) > 0) continue;
      findings->push_back(whose_list + ": " + target + " must name " + source +
                          ", as in " + other);
    }
  }
}

}  // namespace

void AddTargets(const SourceFile& list, const std::vector<std::string>& sources,
                Targets* targets) {
  const std::string folder =
      std::filesystem::path(list.path).parent_path().generic_string();
  int depth = 0;
  bool excludes = false;
  std::string name;             // of the call: its first argument, if no other
  std::string before;           // the word before
  std::set<std::string> takes;  // its sources
  std::set<std::string> leaves;
  for (const std::string& word : Words(list.text)) {
    if (word == "(") {
      if (++depth == 1) {
        name.clear();
        takes.clear();
        leaves.clear();
      }
    } else if (word == ")") {
      excludes = false;
      if (--depth != 0) continue;
      for (const std::string& source : takes) {
        if (leaves.count(source) != 0) continue;
        (*targets)[EndsWith(source, ".proto") ? "protos" : name].insert(source);
      }
    } else if (word == "exclude") {
      excludes = true;
    } else {
      if (name.empty() || before == "name") name = word;
      if (EndsWith(word, ".cc") || EndsWith(word, ".proto")) {
        (excludes ? leaves : takes)
            .merge(Expand(FromRoot(word, folder), sources));
      }
    }
    before = word;
  }
}

Findings CompareBuilds(const Targets& cmake, const Targets& bazel) {
  Findings findings;
  Lacking(cmake, bazel, "BUILD.bazel", "CMakeLists.txt", &findings);
  Lacking(bazel, cmake, "CMakeLists.txt", "BUILD.bazel", &findings);
  return findings;
}

Findings CheckFolders(const Targets& targets,
                      const std::set<std::string>& folders) {
  constexpr std::string_view kLibrary = "interceptors/fusebox/";
  Findings findings;
  for (const std::string& folder : folders) {
    if (targets.count(folder) == 0) {
      findings.push_back("there must be a target " + folder + " for " +
                         std::string(kLibrary) + folder + "/");
    }
  }
  for (const auto& [target, sources] : targets) {
    std::string own = folders.count(target) != 0 ? target : "";
    for (const std::string& source : sources) {
      if (source.compare(0, kLibrary.size(), kLibrary) != 0) continue;
      const std::string folder = source.substr(
          kLibrary.size(), source.find('/', kLibrary.size()) - kLibrary.size());
      if (own.empty()) own = folder;
      if (folder != own) {
        findings.push_back(target + " must have sources of " + own +
                           "/ only, has " + source);
      }
    }
  }
  return findings;
}

}  // namespace fusebox
