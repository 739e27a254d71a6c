#include "tests/docs/pages.h"

#include <gtest/gtest.h>

#include <array>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace fusebox {

const std::filesystem::path& Root() {
  static const auto* const root = new std::filesystem::path(FUSEBOX_SOURCE_DIR);
  return *root;
}

std::vector<std::string> BlocksOf(const std::string& page,
                                  const std::string& language) {
  std::vector<std::string> blocks;
  std::istringstream lines(page);
  std::string line;
  bool inside = false;
  while (std::getline(lines, line)) {
    if (line == "```" + language) {
      inside = true;
      blocks.emplace_back();
    } else if (line == "```") {
      inside = false;
    } else if (inside) {
      blocks.back() += line + "\n";
    }
  }
  return blocks;
}

std::string SectionOf(const std::string& page, const std::string& title) {
  const size_t start = page.find("\n## " + title + "\n");
  EXPECT_NE(start, std::string::npos) << title;
  return page.substr(start, page.find("\n## ", start + 1) - start);
}

std::string Flush(const std::string& text) {
  return std::regex_replace(text, std::regex("(^|\n)[ \t]+"), "$1");
}

std::vector<std::string> LinksOf(const std::string& page) {
  std::vector<std::string> links;
  const std::regex link("\\]\\(([^):]+)\\)|(?:src|srcset)=\"([^\":]+)\"");
  for (auto match = std::sregex_iterator(page.begin(), page.end(), link);
       match != std::sregex_iterator(); ++match) {
    links.push_back((*match)[1].matched ? (*match)[1] : (*match)[2]);
  }
  return links;
}

std::set<std::string> AnchorsOf(const std::string& page) {
  std::set<std::string> anchors;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    const size_t text = line.find_first_not_of('#');
    if (text == 0 || text == std::string::npos || line[text] != ' ') continue;
    std::string anchor;
    for (const char c : line.substr(text + 1)) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == ' ') anchor += '-';
      if (std::isalnum(byte) != 0 || c == '-' || c == '_') {
        anchor += static_cast<char>(std::tolower(byte));
      }
    }
    anchors.insert(anchor);
  }
  return anchors;
}

std::vector<std::filesystem::path> Pages() {
  namespace fs = std::filesystem;
  std::vector<fs::path> pages = {"README.md", "CONTRIBUTING.md", "CHANGELOG.md",
                                 "SECURITY.md"};
  for (const char* const part :
       {"demo", "docs", "examples", "interceptors", "packaging", "tools"}) {
    for (const auto& entry : fs::recursive_directory_iterator(Root() / part)) {
      if (entry.path().extension() == ".md") {
        pages.push_back(entry.path().lexically_relative(Root()));
      }
    }
  }
  return pages;
}

// Bazel builds it in the example's own folder.
std::string ExampleProgram(const std::string& name) {
  std::filesystem::path path = std::filesystem::path(FUSEBOX_EXAMPLES) / name;
  if (std::filesystem::is_directory(path)) path /= name;
  return path.string();
}

// Examples end as programs do, without waiting for the thread in which gRPC
// cleans up after its last user; LeakSanitizer may meet it half started.
std::string OutputOf(const std::string& command) {
  std::string output;
  const std::string shell_script =
      "export ASAN_OPTIONS=\"$ASAN_OPTIONS:detect_leaks=0\"\n" + command;
  std::FILE* const pipe = popen(shell_script.c_str(), "r");
  if (pipe == nullptr) return "popen failed";
  std::array<char, 4096> buffer;
  while (const size_t size =
             std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    output.append(buffer.data(), size);
  }
  EXPECT_EQ(pclose(pipe), 0) << command;
  return output;
}

}  // namespace fusebox
