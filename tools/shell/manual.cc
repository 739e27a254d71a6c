#include <sstream>
#include <string>

#include "tools/shell/interface.h"

namespace fusebox::tool {
namespace {

// Escapes what troff would interpret.
std::string Plain(const std::string& text) {
  std::string plain;
  for (const char c : text) {
    if (c == '\\') {
      plain += "\\e";
    } else if (c == '-') {
      plain += "\\-";
    } else {
      plain += c;
    }
  }
  return plain;
}

// The same line by line: a line that begins with a point or a quote would be a
// request.
std::string PlainLines(const std::string& text) {
  std::istringstream lines(text);
  std::string plain;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && (line[0] == '.' || line[0] == '\'')) plain += "\\&";
    plain += Plain(line) + "\n";
  }
  return plain;
}

void AddOptions(const CommandInfo& command, std::string* page) {
  for (const OptionInfo& option : command.options) {
    std::string names;
    for (const std::string& name : option.names) {
      names += (names.empty() ? "" : ", ") + Plain(name);
    }
    *page += ".TP\n";
    if (!names.empty()) *page += "\\fB" + names + "\\fR ";
    *page += "\\fI" + Plain(option.value) + "\\fR\n" + PlainLines(option.help);
    if (option.help.empty()) *page += "\\&\n";
  }
}

void AddCommands(const CommandInfo& parent, std::string* page) {
  for (const CommandInfo& command : parent.commands) {
    *page += ".SS " + Plain(command.path) + "\n" + PlainLines(command.summary);
    AddOptions(command, page);
    if (!command.footer.empty()) {
      *page += ".PP\n.nf\n" + PlainLines(command.footer) + ".fi\n";
    }
    AddCommands(command, page);
  }
}

}  // namespace

std::string ManualPage(const CommandInfo& tool, const std::string& version) {
  std::string page = ".TH FUSEBOX 1 \"\" \"fusebox " + Plain(version) +
                     "\" \"User Commands\"\n.SH NAME\n"
                     "fusebox \\- check, replay, show and steer circuit "
                     "breakers\n.SH SYNOPSIS\n.B fusebox\n"
                     "\\fICOMMAND\\fR [\\fIOPTION\\fR...]\n.SH DESCRIPTION\n" +
                     PlainLines(tool.summary) + ".SH OPTIONS\n";
  AddOptions(tool, &page);
  page += ".SH COMMANDS\n";
  AddCommands(tool, &page);
  page += ".SH NOTES\n.nf\n" + PlainLines(tool.footer) + ".fi\n";
  return page;
}

}  // namespace fusebox::tool
