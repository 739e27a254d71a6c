#include "tests/docs/pages.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <regex>
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
  const std::regex link("\\]\\(([^)#:]+)\\)");
  for (auto match = std::sregex_iterator(page.begin(), page.end(), link);
       match != std::sregex_iterator(); ++match) {
    links.push_back((*match)[1]);
  }
  return links;
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
