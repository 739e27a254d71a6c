// process.h: runs the fusebox tool as a process.

#ifndef FUSEBOX_TESTS_TOOLS_PROCESS_H_
#define FUSEBOX_TESTS_TOOLS_PROCESS_H_

#include <string>
#include <vector>

namespace fusebox {

struct Finished {
  int exit_code = -1;
  std::string out;
  std::string err;
};

// Runs `fusebox ARGUMENT...` with `in` as its standard input, and waits for its
// end.
Finished RunTool(const std::vector<std::string>& arguments,
                 const std::string& in = "");

// Does the same with a command line of bash, in which $FUSEBOX is the tool.
Finished RunShell(const std::string& line, const std::string& in = "");

// Writes a file with this text in a folder of the current test. Returns its
// path.
std::string WriteFile(const std::string& name, const std::string& text);

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_TOOLS_PROCESS_H_
