#include "tests/monitoring/run.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tests/base/read_file.h"
#include "tests/monitoring/child_process.h"
#include "tests/monitoring/files.h"

namespace fusebox {

std::string RunTool(const std::string& command, int code) {
  const TemporaryFolder folder;
  const std::string out = (folder.path() / "out").string();
  const std::string log = (folder.path() / "log").string();
  const std::string line = "cd '" + MonitoringFolder().string() + "' && " +
                           command + " >'" + out + "' 2>'" + log + "'";
  EXPECT_EQ(std::system(line.c_str()), code << 8)
      << command << "\n"
      << ReadFile(out) << ReadFile(log);
  return ReadFile(out);
}

}  // namespace fusebox
