// screen.h: decides how text looks: colours and Unicode in a terminal,
// otherwise ASCII without escape codes.

#ifndef DEMO_SCREEN_H_
#define DEMO_SCREEN_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "fusebox/core/types.h"

namespace outage {

enum class Ink { kPlain, kBold, kDim, kGreen, kRed, kYellow, kBlue };

Ink InkOf(fusebox::State state);

class Screen {
 public:
  // Looks at stdout. The text is plain if stdout is not a terminal, if NO_COLOR
  // is set, or if TERM is "dumb".
  Screen();

  // Prints one line and flushes it.
  void Line(const std::string& text) const;

  // Returns the text in this colour. Measure and pad the text before.
  std::string Paint(Ink ink, std::string_view text) const;

  std::string Rule(size_t width) const;
  std::string Separator() const { return fancy_ ? "│" : "|"; }
  std::string Arrow() const { return fancy_ ? "→" : "->"; }
  std::string Bullet() const { return fancy_ ? "●" : "*"; }

  // Return one cell of a bar.
  std::string OkCell() const { return fancy_ ? "█" : "="; }
  std::string FailedCell() const { return fancy_ ? "▓" : "x"; }
  std::string RejectedCell() const { return fancy_ ? "▒" : "-"; }
  std::string WaitingCell() const { return fancy_ ? "░" : "."; }

 private:
  const bool fancy_;
};

std::string PadLeft(std::string_view text, size_t width);
std::string PadRight(std::string_view text, size_t width);
std::string Fixed(double number, int digits);

}  // namespace outage

#endif  // DEMO_SCREEN_H_
