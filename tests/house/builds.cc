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

// Words and parentheses; what is quoted is one word, and comments are none.
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

// The sources of `cmake` that `bazel` lacks, or the other way round.
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

void AddTargets(const SourceFile& list, Targets* targets) {
  const std::string folder =
      std::filesystem::path(list.path).parent_path().generic_string();
  int depth = 0;
  std::vector<std::string> call;  // its arguments
  for (const std::string& word : Words(list.text)) {
    if (word == "(") {
      if (++depth == 1) call.clear();
    } else if (word != ")") {
      call.push_back(word);
    } else if (--depth == 0 && !call.empty()) {
      std::string name = call[0];
      for (size_t i = 0; i + 1 < call.size(); ++i) {
        if (call[i] == "name") name = call[i + 1];
      }
      for (const std::string& argument : call) {
        if (EndsWith(argument, ".cc")) {
          (*targets)[name].insert(FromRoot(argument, folder));
        } else if (EndsWith(argument, ".proto")) {
          (*targets)["protos"].insert(FromRoot(argument, folder));
        }
      }
    }
  }
}

Findings CompareBuilds(const Targets& cmake, const Targets& bazel) {
  Findings findings;
  Lacking(cmake, bazel, "BUILD.bazel", "CMakeLists.txt", &findings);
  Lacking(bazel, cmake, "CMakeLists.txt", "BUILD.bazel", &findings);
  return findings;
}

}  // namespace fusebox
