// table.h: aligns rows of cells.
//
//   Table table({{"BREAKER", Cut::kStart, 20}, {"STATE"}, {"CALLS"}});
//   table.Add({{name}, {"OPEN", Colour::kRed}, {"12"}});
//   for (const std::string& line : table.Lines(style)) ...

#ifndef FUSEBOX_TOOLS_TEXT_TABLE_H_
#define FUSEBOX_TOOLS_TEXT_TABLE_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "tools/text/printable.h"
#include "tools/text/terminal.h"

namespace fusebox::tool {

struct Column {
  std::string heading;

  // Says at which end texts are cut off if the table is wider than the
  // terminal.
  Cut cut = Cut::kEnd;

  // The number of cells to which the column may shrink. 0 means that it never
  // shrinks.
  size_t min_width = 0;
  bool right = false;  // aligned to the right
};

struct Cell {
  std::string text;  // any bytes; the table makes them printable
  Colour colour = Colour::kNone;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // Adds a row. If the note is not empty, it gets lines of its own, indented:
  // below the row, or below the last of the following rows that have the same
  // note. REQUIRES: the row has one cell per column.
  void Add(std::vector<Cell> row, const std::string& note = "");

  bool empty() const { return rows_.empty(); }

  // Returns the headings and then the rows. Leaves out empty columns. A line
  // that is still wider than the terminal is cut off at its end.
  std::vector<std::string> Lines(const Style& style) const;

  // Returns the lines of a note: at most two, and one without a terminal.
  static std::vector<std::string> NoteLines(const std::string& note,
                                            const Style& style);

 private:
  std::vector<size_t> Widths(const Style& style) const;

  const std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
  std::vector<std::string> notes_;  // one per row
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_TEXT_TABLE_H_
