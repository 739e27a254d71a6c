// screen.h: decides how text looks: colours and Unicode in a terminal,
// otherwise ASCII without escape codes.

#ifndef EXAMPLES_OUTAGE_SCREEN_H_
#define EXAMPLES_OUTAGE_SCREEN_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "fusebox/core/types.h"

namespace outage {

enum class Ink { kPlain, kBold, kDim, kGreen, kRed, kYellow, kBlue };

Ink InkOf(fusebox::State state);

class Screen {
 public:
  // For stdout. Plain if it is no terminal, if NO_COLOR is set, or TERM is
  // dumb.
  Screen();

  // Prints one line, at once.
  void Line(const std::string& text) const;

  // Measure and pad before painting.
  std::string Paint(Ink ink, std::string_view text) const;

  std::string Rule(size_t width) const;
  std::string Separator() const { return fancy_ ? "│" : "|"; }
  std::string Arrow() const { return fancy_ ? "→" : "->"; }
  std::string Bullet() const { return fancy_ ? "●" : "*"; }

  // One cell of a bar.
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

#endif  // EXAMPLES_OUTAGE_SCREEN_H_
