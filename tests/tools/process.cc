#include "tests/tools/process.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/base/read_file.h"

namespace fusebox {
namespace {

namespace fs = std::filesystem;

fs::path Folder() {
  const auto* const test =
      testing::UnitTest::GetInstance()->current_test_info();
  const fs::path folder = fs::path(testing::TempDir()) / "fusebox_tools_test" /
                          test->test_suite_name() / test->name();
  fs::create_directories(folder);
  return folder;
}

// Quotes a text as one word of a shell command.
std::string ShellWord(const std::string& text) {
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? "'\\''" : std::string(1, c);
  return word + "'";
}

}  // namespace

std::string WriteFile(const std::string& name, const std::string& text) {
  const fs::path path = Folder() / name;
  std::ofstream(path, std::ios::binary) << text;
  return path.string();
}

Finished RunTool(const std::vector<std::string>& arguments,
                 const std::string& in) {
  std::string line = ShellWord(FUSEBOX_TOOL);
  for (const std::string& argument : arguments) {
    line += " " + ShellWord(argument);
  }
  return RunShell(line, in);
}

Finished RunShell(const std::string& line, const std::string& in) {
  const fs::path out = Folder() / "stdout";
  const fs::path err = Folder() / "stderr";
  const std::string command =
      "FUSEBOX=" + ShellWord(FUSEBOX_TOOL) + " bash -c " + ShellWord(line) +
      " <" + ShellWord(WriteFile("stdin", in)) + " >" +
      ShellWord(out.string()) + " 2>" + ShellWord(err.string());
  const int status = std::system(command.c_str());
  EXPECT_TRUE(WIFEXITED(status)) << command;
  return {WEXITSTATUS(status), ReadFile(out), ReadFile(err)};
}

}  // namespace fusebox
