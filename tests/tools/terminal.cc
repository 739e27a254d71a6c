// terminal.cc: interprets bytes as a terminal does.

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string>

#include "tests/tools/pty.h"

namespace fusebox {
namespace {

size_t CharacterSize(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

}  // namespace

Terminal::Terminal(size_t rows, size_t columns) : columns_(columns) {
  Resize(rows, columns);
}

void Terminal::Resize(size_t rows, size_t columns) {
  columns_ = columns;
  cells_.resize(rows);
  for (auto& row : cells_) row.resize(columns);
  row_ = std::min(row_, rows - 1);
}

void Terminal::Write(const std::string& bytes) {
  const std::string all = pending_ + bytes;
  pending_.clear();
  for (size_t at = 0; at < all.size();) {
    const size_t size =
        all[at] == '\x1b' ? Escape(all, at) : CharacterSize(all[at]);
    if (size == 0 || at + size > all.size()) {
      pending_ = all.substr(at);
      return;
    }
    whole_ = false;  // until the frame ends
    if (all[at] == '\x1b') {
      whole_ = all[at + size - 1] == 'J';
    } else if (all[at] == '\r') {
      column_ = 0;
    } else if (all[at] == '\n') {
      if (row_ + 1 < cells_.size()) {
        ++row_;
      } else {
        cells_.erase(cells_.begin());
        cells_.emplace_back(columns_);
      }
    } else if (static_cast<unsigned char>(all[at]) >= ' ') {
      Put(all.substr(at, size));
    }
    at += size;
  }
}

// Returns the length of the sequence, or 0 if it is incomplete.
size_t Terminal::Escape(const std::string& bytes, size_t at) {
  if (at + 1 >= bytes.size()) return 0;
  if (bytes[at + 1] != '[') {
    complaints_ += "not known: ESC " + bytes.substr(at + 1, 1) + "\n";
    return 2;
  }
  size_t end = at + 2;
  while (end < bytes.size() &&
         std::isalpha(static_cast<unsigned char>(bytes[end])) == 0) {
    ++end;
  }
  if (end == bytes.size()) return 0;
  Control(bytes[end], bytes.substr(at + 2, end - at - 2));
  return end + 1 - at;
}

void Terminal::Control(char final, const std::string& parameters) {
  if (final == 'H' && parameters.empty()) {
    row_ = column_ = 0;
  } else if (final == 'K' && parameters.empty()) {
    Clear(row_, column_);
  } else if (final == 'J' && parameters.empty()) {
    Clear(row_, column_);
    for (size_t row = row_ + 1; row < cells_.size(); ++row) Clear(row, 0);
  } else if (final == 'm') {
    colour_ = std::stoi("0" + parameters);
  } else if (parameters == "?1049") {
    alternate_ = final == 'h';
    for (size_t row = 0; row < cells_.size(); ++row) Clear(row, 0);
    row_ = column_ = 0;
  } else if (parameters == "?25") {
    cursor_ = final == 'h';
  } else {
    complaints_ += "not known: CSI " + parameters + final + "\n";
  }
}

void Terminal::Put(const std::string& character) {
  if (column_ >= columns_) {
    if (alternate_) {
      complaints_ += "beyond the edge: " + character + "\n";
      return;
    }
    Write("\r\n");
  }
  cells_[row_][column_++] = {character, colour_};
}

void Terminal::Clear(size_t row, size_t from) {
  for (size_t i = from; i < columns_; ++i) cells_[row][i] = {};
}

std::string Terminal::Text() const {
  std::string text;
  for (const auto& row : cells_) {
    std::string line;
    for (const Cell& cell : row) line += cell.text;
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

int Terminal::ColourOf(const std::string& text) const {
  for (size_t i = cells_.size(); i-- > 0;) {
    const auto& row = cells_[i];
    std::string line;
    for (const Cell& cell : row) line += cell.text;
    const size_t at = line.find(text);
    if (at == std::string::npos) continue;
    // Converts the number of bytes before `text` to a number of cells.
    size_t bytes = 0;
    for (const Cell& cell : row) {
      if (bytes >= at) return cell.colour;
      bytes += cell.text.size();
    }
  }
  return -1;
}

}  // namespace fusebox
