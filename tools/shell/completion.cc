#include <string>
#include <vector>

#include "tools/shell/interface.h"

namespace fusebox::tool {
namespace {

// Returns the names of the subcommands and of the options of a command.
std::vector<std::string> WordsOf(const CommandInfo& command) {
  std::vector<std::string> words;
  for (const CommandInfo& sub : command.commands) words.push_back(sub.name);
  for (const OptionInfo& option : command.options) {
    words.insert(words.end(), option.names.begin(), option.names.end());
  }
  return words;
}

// Calls `visit` with each command, the tool itself first.
template <typename Visit>
void ForEach(const CommandInfo& command, Visit visit) {
  visit(command);
  for (const CommandInfo& sub : command.commands) ForEach(sub, visit);
}

// Puts a text into single quotes for a shell.
std::string ShellQuoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c == '\n' ? ' ' : c;
    }
  }
  return quoted + "'";
}

// Returns the first line of a help text. "_describe" of zsh takes a colon for
// the end of a word.
std::string Short(const std::string& help) {
  return help.substr(0, help.find_first_of("\n:"));
}

}  // namespace

std::string BashCompletion(const CommandInfo& tool) {
  std::string script =
      "# Completes fusebox in bash.\n"
      "_fusebox() {\n"
      "  local path=fusebox word words\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case \"$path $word\" in\n";
  ForEach(tool, [&](const CommandInfo& command) {
    if (command.path == tool.path) return;
    script += "      " + ShellQuoted(command.path) +
              ") path=" + ShellQuoted(command.path) + " ;;\n";
  });
  script += "    esac\n  done\n  case \"$path\" in\n";
  ForEach(tool, [&](const CommandInfo& command) {
    std::string words;
    for (const std::string& word : WordsOf(command)) {
      words += (words.empty() ? "" : " ") + word;
    }
    script += "    " + ShellQuoted(command.path) +
              ") words=" + ShellQuoted(words) + " ;;\n";
  });
  script +=
      "  esac\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- "
      "\"${COMP_WORDS[COMP_CWORD]}\")\n"
      "}\n"
      "complete -o default -F _fusebox fusebox\n";
  return script;
}

std::string ZshCompletion(const CommandInfo& tool) {
  std::string script =
      "#compdef fusebox\n"
      "# Completes fusebox in zsh.\n"
      "local path_=fusebox word\n"
      "local -a found\n"
      "for word in \"${(@)words[2,CURRENT-1]}\"; do\n"
      "  case \"$path_ $word\" in\n";
  ForEach(tool, [&](const CommandInfo& command) {
    if (command.path == tool.path) return;
    script += "    " + ShellQuoted(command.path) +
              ") path_=" + ShellQuoted(command.path) + " ;;\n";
  });
  script += "  esac\ndone\ncase \"$path_\" in\n";
  ForEach(tool, [&](const CommandInfo& command) {
    script += "  " + ShellQuoted(command.path) + ")\n    found=(\n";
    for (const CommandInfo& sub : command.commands) {
      script +=
          "      " + ShellQuoted(sub.name + ":" + Short(sub.summary)) + "\n";
    }
    for (const OptionInfo& option : command.options) {
      for (const std::string& name : option.names) {
        script +=
            "      " + ShellQuoted(name + ":" + Short(option.help)) + "\n";
      }
    }
    script += "    ) ;;\n";
  });
  script += "esac\n_describe fusebox found || _files\n";
  return script;
}

std::string FishCompletion(const CommandInfo& tool) {
  std::string script = "# Completes fusebox in fish.\n";
  ForEach(tool, [&](const CommandInfo& command) {
    // A command is the last one on the line if its words are there, and those
    // of its own subcommands are not.
    std::string condition;
    const bool is_tool = command.path == tool.path;
    std::string below;
    for (const CommandInfo& sub : command.commands) below += " " + sub.name;
    if (!is_tool) {
      std::string words = command.path.substr(tool.path.size() + 1);
      for (size_t at = 0; at != std::string::npos;) {
        const size_t space = words.find(' ', at);
        condition += (condition.empty() ? "" : "; and ") +
                     std::string("__fish_seen_subcommand_from ") +
                     words.substr(at, space - at);
        at = space == std::string::npos ? space : space + 1;
      }
    }
    if (!below.empty()) {
      condition += (condition.empty() ? "" : "; and ") +
                   std::string("not __fish_seen_subcommand_from") + below;
    }
    const std::string begin =
        "complete -c fusebox -n " + ShellQuoted(condition);
    for (const CommandInfo& sub : command.commands) {
      script += begin + " -f -a " + sub.name + " -d " +
                ShellQuoted(Short(sub.summary)) + "\n";
    }
    for (const OptionInfo& option : command.options) {
      std::string names;
      for (const std::string& name : option.names) {
        names +=
            name[1] == '-' ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      if (names.empty()) continue;
      script += begin + names + (option.value.empty() ? "" : " -r") + " -d " +
                ShellQuoted(Short(option.help)) + "\n";
    }
  });
  return script;
}

}  // namespace fusebox::tool
