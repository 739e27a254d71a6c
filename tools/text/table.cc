#include "tools/text/table.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace fusebox::tool {
namespace {

constexpr size_t kBetween = 2;  // cells between columns
constexpr size_t kIndent = 4;   // cells before a note

}  // namespace

void Table::Add(std::vector<Cell> row, const std::string& note) {
  for (Cell& cell : row) cell.text = Printable(cell.text);
  rows_.push_back(std::move(row));
  notes_.push_back(Printable(note));
}

std::vector<size_t> Table::Widths(const Style& style) const {
  std::vector<size_t> widths(columns_.size(), 0);
  size_t total = 0;
  for (size_t i = 0; i < columns_.size(); ++i) {
    for (const auto& row : rows_) {
      widths[i] = std::max(widths[i], DisplayWidth(row[i].text));
    }
    if (widths[i] == 0 && !rows_.empty()) continue;  // an empty column
    widths[i] = std::max(widths[i], columns_[i].heading.size());
    total += widths[i] + kBetween;
  }
  if (style.width == 0 || total <= style.width + kBetween) return widths;
  size_t over = total - kBetween - style.width;
  for (size_t i = columns_.size(); i-- > 0;) {
    if (columns_[i].min_width == 0 || widths[i] <= columns_[i].min_width)
      continue;
    const size_t less = std::min(over, widths[i] - columns_[i].min_width);
    widths[i] -= less;
    over -= less;
  }
  return widths;
}

std::vector<std::string> Table::Lines(const Style& style) const {
  const std::vector<size_t> widths = Widths(style);
  std::vector<std::string> lines;
  const auto add = [&](const std::vector<Cell>& row) {
    std::string line;
    size_t at = 0;    // where the line ends, in cells
    size_t next = 0;  // where the cell begins
    for (size_t i = 0; i < row.size(); ++i) {
      if (widths[i] == 0) continue;
      size_t room = widths[i];
      if (style.width != 0) {
        if (next >= style.width) break;
        room = std::min(room, style.width - next);
      }
      const std::string text = Fit(row[i].text, room, columns_[i].cut);
      const size_t width = DisplayWidth(text);
      const size_t start = next + (columns_[i].right ? room - width : 0);
      if (width > 0) {
        line +=
            std::string(start - at, ' ') + Paint(text, row[i].colour, style);
        at = start + width;
      }
      next += widths[i] + kBetween;
    }
    lines.push_back(std::move(line));
  };
  std::vector<Cell> headings;
  headings.reserve(columns_.size());
  for (const Column& column : columns_) {
    headings.push_back({column.heading, Colour::kBold});
  }
  add(headings);
  for (size_t i = 0; i < rows_.size(); ++i) {
    add(rows_[i]);
    if (i + 1 < rows_.size() && notes_[i] == notes_[i + 1]) continue;
    for (std::string& line : NoteLines(notes_[i], style)) {
      lines.push_back(std::move(line));
    }
  }
  return lines;
}

std::vector<std::string> Table::NoteLines(const std::string& note,
                                          const Style& style) {
  const std::string indent(kIndent, ' ');
  if (note.empty()) return {};
  if (style.width == 0) return {indent + note};
  const size_t room = style.width > kIndent ? style.width - kIndent : 1;
  if (DisplayWidth(note) <= room) return {indent + note};
  // The last space before the edge ends the first line.
  size_t end = std::string::npos;
  for (size_t at = note.find(' '); at != std::string::npos;
       at = note.find(' ', at + 1)) {
    if (DisplayWidth(note.substr(0, at)) > room) break;
    end = at;
  }
  if (end == std::string::npos) return {Fit(indent + note, style.width)};
  return {indent + note.substr(0, end),
          Fit(indent + note.substr(end + 1), style.width)};
}

}  // namespace fusebox::tool
