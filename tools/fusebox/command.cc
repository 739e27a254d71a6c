#include "tools/fusebox/command.h"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <iostream>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "fusebox/base/problem.h"
#include "fusebox/base/text.h"
#include "tools/text/printable.h"

namespace fusebox::tool {

void Complain(const std::string& command, const std::string& problem) {
  std::cerr << "fusebox " << command << ": " << Printable(problem) << "\n";
}

void Complain(const std::string& command, const Problems& problems,
              const absl::Status& status) {
  for (const Problem& problem : problems) {
    std::cerr << Printable(ToString(problem)) << "\n";
  }
  if (problems.empty()) Complain(command, std::string(status.message()));
}

ExitCode CannotWrite(const std::string& command, const std::string& why) {
  Complain(command, "cannot write to standard output: " + why);
  return kBadUsage;
}

CLI::Validator WholeNumber() {
  const auto check = [](std::string& text) -> std::string {
    uint64_t number = 0;
    if (text.find_first_not_of("0123456789") != std::string::npos ||
        !absl::SimpleAtoi(text, &number)) {
      return "must be a whole number from 0 to 18446744073709551615, is " +
             Quoted(text);
    }
    text = std::to_string(number);
    return "";
  };
  return CLI::Validator(check, "");
}

}  // namespace fusebox::tool
