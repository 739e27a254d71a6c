// read_file.h: reads a whole file.

#ifndef FUSEBOX_TESTS_BASE_READ_FILE_H_
#define FUSEBOX_TESTS_BASE_READ_FILE_H_

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace fusebox {

// Fails the test if the file cannot be read.
inline std::string ReadFile(const std::filesystem::path& path) {
  const std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_BASE_READ_FILE_H_
