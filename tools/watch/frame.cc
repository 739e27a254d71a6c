#include "tools/watch/frame.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "tools/text/breaker_text.h"
#include "tools/text/count_text.h"
#include "tools/text/printable.h"
#include "tools/text/table.h"
#include "tools/text/time_text.h"

namespace fusebox::tool {
namespace {

std::string Title(const Model& model, const std::vector<Model::Row>& rows,
                  const Style& style) {
  size_t open = 0;
  size_t half_open = 0;
  size_t held = 0;
  for (const Model::Row& row : rows) {
    const v1::Breaker& breaker = row.breaker->breaker;
    if (breaker.state() == v1::OPEN) ++open;
    if (breaker.state() == v1::HALF_OPEN) ++half_open;
    if (breaker.has_operator_mode()) ++held;
  }
  std::string text = "fusebox watch   " + Count(rows.size(), "breaker");
  if (model.processes().size() > 1) {
    text += " of " + std::to_string(model.processes().size()) + " processes";
  } else if (const auto& process = model.processes()[0].process;
             !process.name().empty()) {
    text += " of " + Printable(process.name()) + " (pid " +
            std::to_string(process.pid()) + ")";
  }
  text += ": " + std::to_string(open) + " OPEN, " + std::to_string(half_open) +
          " HALF_OPEN";
  if (held > 0) text += ", " + std::to_string(held) + " held by an operator";
  const Colour colour = open > 0        ? Colour::kRed
                        : half_open > 0 ? Colour::kYellow
                                        : Colour::kGreen;
  return Paint(Fit(text, style.width), colour, style);
}

// Adds one line for each process that is not connected.
void AddLost(const Model& model, const Style& style,
             std::vector<std::string>* lines) {
  for (const Model::KnownProcess& process : model.processes()) {
    if (process.connected) continue;
    std::string text = Printable(process.address.text) + ": ";
    text += process.ever_connected ? "reconnecting ..." : "connecting ...";
    if (!process.lost.empty()) text += " " + Printable(process.lost);
    lines->push_back(Paint(Fit(text, style.width), Colour::kYellow, style));
  }
}

std::vector<Cell> RowOf(const Model::Row& row, bool several, TimePoint now) {
  const std::string process = several ? row.process->address.text : "";
  std::vector<Cell> cells =
      BreakerRow(process, row.breaker->breaker, now - row.breaker->at);
  if (row.process->connected) return cells;
  // What the row says may no longer be true.
  for (Cell& cell : cells) cell.colour = Colour::kDim;
  return cells;
}

std::string EventLine(const Model& model, const Model::Line& line,
                      const Style& style) {
  const std::string process =
      model.processes().size() == 1
          ? ""
          : Printable(model.processes()[line.process].address.text) + "  ";
  if (!line.event) {
    return Fit("-- " + process + Printable(line.note), style.width);
  }
  const std::string head = ClockText(line.event->time()) + "  " + process;
  return Paint(Fit(head + EventText(*line.event), style.width),
               ColourOf(*line.event), style);
}

}  // namespace

Frame MakeFrame(const Model& model, size_t offset, TimePoint now,
                const Style& style) {
  constexpr size_t kMinHeight = 8;   // a smaller screen shows no events
  constexpr size_t kEventsPart = 3;  // a third
  const std::vector<Model::Row> rows = model.Rows();
  Frame frame;
  frame.lines.push_back(Title(model, rows, style));
  AddLost(model, style, &frame.lines);
  frame.lines.emplace_back();

  const size_t height = style.height;
  size_t events = 0;
  if (height >= kMinHeight) {
    events = std::min(model.lines().size(), height / kEventsPart);
  }
  // An empty line and a heading precede the events. The last line shows the
  // keys.
  const size_t below = (events > 0 ? events + 2 : 0) + 1;
  const size_t used = frame.lines.size() + 1 + below;
  frame.page = std::max<size_t>(height > used ? height - used : 0, 1);
  frame.offset =
      std::min(offset, rows.size() > frame.page ? rows.size() - frame.page : 0);

  Table table(BreakerColumns());
  const size_t end = std::min(frame.offset + frame.page, rows.size());
  for (size_t i = frame.offset; i < end; ++i) {
    table.Add(RowOf(rows[i], model.processes().size() > 1, now));
  }
  if (!table.empty()) {
    for (std::string& line : table.Lines(style)) {
      frame.lines.push_back(std::move(line));
    }
  }
  if (events > 0) {
    frame.lines.resize(
        std::max(frame.lines.size(), height > below ? height - below : 0));
    frame.lines.emplace_back();
    frame.lines.push_back(Paint("EVENTS", Colour::kBold, style));
    const auto& lines = model.lines();
    for (size_t i = lines.size() - events; i < lines.size(); ++i) {
      frame.lines.push_back(EventLine(model, lines[i], style));
    }
  } else {
    frame.lines.resize(std::max(frame.lines.size(), height - 1));
  }
  std::string keys = "q quit";
  if (rows.size() > frame.page) {
    keys += "   up, down scroll   " + std::to_string(frame.offset + 1) + "-" +
            std::to_string(end) + " of " + std::to_string(rows.size());
  }
  frame.lines.push_back(Paint(Fit(keys, style.width), Colour::kDim, style));
  if (frame.lines.size() > height) frame.lines.resize(height);
  return frame;
}

}  // namespace fusebox::tool
