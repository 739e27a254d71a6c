// documents.cc: fusebox completion SHELL, and fusebox manual

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "fusebox/version.h"
#include "tools/fusebox/command.h"
#include "tools/shell/interface.h"

namespace fusebox::tool {
namespace {

constexpr char kCompletionFooter[] =
    R"(SHELL is bash, zsh or fish. An installed tool has its completions already.

Exit codes: 0 success; 2 bad usage.

Example:
  fusebox completion bash > /etc/bash_completion.d/fusebox
)";

constexpr char kManualFooter[] =
    R"(Exit codes: 0 success; 2 bad usage.

Example:
  fusebox manual | man -l -
)";

}  // namespace

Run DeclareCompletion(CLI::App& tool) {
  const auto shell = std::make_shared<std::string>();
  CLI::App* const completion = tool.add_subcommand(
      "completion", "Print a script that completes commands in a shell.");
  completion->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->option_text(" ");
  completion->footer(kCompletionFooter);
  return [&tool, shell] {
    const CommandInfo info = Describe(tool);
    std::cout << (*shell == "bash"  ? BashCompletion(info)
                  : *shell == "zsh" ? ZshCompletion(info)
                                    : FishCompletion(info));
    return kOk;
  };
}

Run DeclareManual(CLI::App& tool) {
  CLI::App* const manual =
      tool.add_subcommand("manual", "Print the manual page.");
  manual->footer(kManualFooter);
  return [&tool] {
    std::cout << ManualPage(Describe(tool), kVersion);
    return kOk;
  };
}

}  // namespace fusebox::tool
