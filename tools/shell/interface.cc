#include "tools/shell/interface.h"

#include <CLI/CLI.hpp>
#include <string>
#include <utility>

namespace fusebox::tool {

CommandInfo Describe(const CLI::App& app, const std::string& parent) {
  CommandInfo info;
  info.name = app.get_name();
  info.path = parent.empty() ? info.name : parent + " " + info.name;
  info.summary = app.get_description();
  info.footer = app.get_footer();
  for (const CLI::Option* const option : app.get_options()) {
    OptionInfo described;
    for (const std::string& name : option->get_snames()) {
      described.names.push_back("-" + name);
    }
    for (const std::string& name : option->get_lnames()) {
      described.names.push_back("--" + name);
    }
    if (option->get_positional()) {
      described.value = option->get_name(/*positional=*/true);
    } else if (option->get_items_expected_max() != 0) {
      described.value = option->get_option_text();
      if (described.value.empty()) described.value = option->get_type_name();
      if (described.value.empty()) described.value = "VALUE";
    }
    described.help = option->get_description();
    info.options.push_back(std::move(described));
  }
  for (const CLI::App* const command : app.get_subcommands(nullptr)) {
    info.commands.push_back(Describe(*command, info.path));
  }
  return info;
}

}  // namespace fusebox::tool
