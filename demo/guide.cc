#include "demo/guide.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <system_error>

#include "demo/screen.h"
#include "demo/story.h"

namespace outage {
namespace {

namespace fs = std::filesystem;

bool IsOnPath(const std::string& program) {
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (access((folder + "/" + program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

// Returns `text` as one word of a shell.
std::string ShellWord(const std::string& text) {
  if (text.find_first_of(" \t\n\"'\\$`&|;<>()*?[]#~{}!") == std::string::npos) {
    return text;
  }
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? "'\\''" : std::string(1, c);
  return word + "'";
}

// Returns the line that makes the shell find the tool that was built with this
// program, or an empty text if it finds one already.
std::string SetPath() {
  if (IsOnPath("fusebox")) return "";
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  const fs::path tools = self.parent_path().parent_path() / "tools";
  if (!fs::exists(tools / "fusebox", error)) {
    return "# There is no fusebox in PATH or in " + tools.string() +
           ": build the target fusebox\n";
  }
  return "export PATH=" + ShellWord(tools.string()) + ":$PATH\n";
}

std::string Seconds(std::chrono::duration<double> length) {
  std::ostringstream text;
  text << length.count() << " s";
  return text.str();
}

std::string Timeline(const Plot& plot) {
  const std::string pause = Seconds(plot.pause);
  const std::string death = "The server dies in " + pause +
                            " and is back after " + Seconds(plot.outage);
  if (plot.once) {
    return death + ". This ends when all circuits are\nCLOSED.\n";
  }
  return death + ". " + pause + " later it hangs,\nfor " +
         Seconds(plot.outage / 2) +
         ". This begins again and again. Press Ctrl-C to end it.\n";
}

}  // namespace

void PrintGuide(const Screen& screen, const Plot& plot,
                const std::string& folder, int port) {
  screen.Line(screen.Paint(Ink::kBold, "Fusebox: practise an outage"));
  screen.Line(
      "The processes cart-1, checkout-1 and search-1 call five methods each of "
      "one\nserver at 127.0.0.1:" +
      std::to_string(port) + ". Paste these lines into another terminal:\n\n" +
      SetPath() + "D=" + ShellWord(folder) + R"(
export FUSEBOX_ADMIN=unix:$D/cart.sock,unix:$D/checkout.sock,unix:$D/search.sock

look    fusebox list --troubled         # which circuits, since when, and why
        fusebox watch                   # the same, live
        fusebox get /shop.v1.Cart/Checkout
        fusebox events --since 2m
        fusebox dashboard               # a web page
change  fusebox mode open '/shop.v1.Search/*' --for 1m
        fusebox mode clear '*'
        fusebox reset '*' --state open
        fusebox config get --admin unix:$D/cart.sock >$D/new.json
        fusebox config update $D/new.json --until-file-changes
        fusebox config rollback --until-file-changes

The processes follow $D/breakers.json and log to $D/*.log.
)" + Timeline(plot));
}

}  // namespace outage
