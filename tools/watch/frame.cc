#include "tools/watch/frame.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/base/text.h"
#include "tools/admin/process_names.h"
#include "tools/text/breaker_text.h"
#include "tools/text/printable.h"
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
  if (model.running() != 1) {
    text += " of " + std::to_string(model.running()) + " processes";
  } else {
    const auto& processes = model.processes();
    const auto only = std::find_if_not(processes.begin(), processes.end(),
                                       [](const auto& it) { return it.ended; });
    if (!only->process.name().empty()) {
      text += " of " + Printable(only->process.name()) + " (pid " +
              std::to_string(only->process.pid()) + ")";
    }
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
    if (process.connected || process.ended) continue;
    std::string text = Printable(process.address.text) + ": ";
    text += process.ever_connected ? "reconnecting ..." : "connecting ...";
    if (!process.lost.empty()) text += " " + Printable(process.lost);
    lines->push_back(Paint(Fit(text, style.width), Colour::kYellow, style));
  }
}

ProcessNames NamesOf(const Model& model) {
  ProcessNames names;
  for (const Model::KnownProcess& process : model.processes()) {
    if (!process.ended) names.Add(process.process);
  }
  return names;
}

// Returns nothing if there is only one process.
std::string NameOf(const Model& model, const ProcessNames& names,
                   const Model::KnownProcess& process) {
  if (model.processes().size() == 1) return "";
  return names.Of(process.address, process.process);
}

std::string EventLine(const Model& model, const ProcessNames& names,
                      const Model::Line& line, const Style& style) {
  std::string process =
      Printable(NameOf(model, names, model.processes()[line.process]));
  if (!process.empty()) process += "  ";
  if (!line.event) {
    return Fit("-- " + process + Printable(line.note), style.width);
  }
  const std::string head = ClockText(line.event->time()) + "  " + process;
  return Paint(Fit(head + EventText(*line.event), style.width),
               ColourOf(*line.event), style);
}

// Returns how many lines the rows of circuits take that are not CLOSED.
size_t LinesOfTrouble(const std::vector<Model::Row>& rows,
                      const BreakerTable& table) {
  size_t lines = 0;
  const v1::Breaker* before = nullptr;
  for (const Model::Row& row : rows) {
    if (!row.breaker->breaker.has_outage()) continue;
    lines += table.LinesOf(row.breaker->breaker, before);
    before = &row.breaker->breaker;
  }
  return lines;
}

}  // namespace

Frame MakeFrame(const Model& model, const View& view, size_t offset,
                TimePoint now, const Style& style) {
  constexpr size_t kMinHeight = 8;   // a smaller screen shows no events
  constexpr size_t kEventsPart = 3;  // a third
  constexpr size_t kMinEvents = 3;   // if the breakers need the room
  const std::vector<Model::Row> rows = view.RowsOf(model);
  Frame frame;
  frame.lines.push_back(Title(model, rows, style));
  AddLost(model, style, &frame.lines);
  frame.lines.emplace_back();

  const size_t height = style.height;
  if (view.help()) {
    for (const std::string& line : View::HelpLines()) {
      frame.lines.push_back(Fit(line, style.width));
    }
    if (frame.lines.size() > height) frame.lines.resize(height);
    return frame;
  }
  BreakerTable table(style);
  size_t events = 0;
  if (height >= kMinHeight) {
    // What is left below the headings, circuits in trouble and the keys.
    const size_t used = frame.lines.size() + LinesOfTrouble(rows, table) + 4;
    events = std::max(
        std::min(height - std::min(used, height), height / kEventsPart),
        std::min(kMinEvents, height / kEventsPart));
    events = std::min(model.lines().size(), events);
  }
  // An empty line and a heading precede the events. The last line shows the
  // keys.
  const size_t below = (events > 0 ? events + 2 : 0) + 1;
  const size_t used = frame.lines.size() + 1 + below;
  const size_t room = height > used ? height - used : 0;
  // Returns how many rows fit, from the first or the last of these on.
  const auto fit = [&](auto row, auto end) {
    size_t lines = 0;
    size_t count = 0;
    const v1::Breaker* before = nullptr;
    for (; row != end; ++row, ++count) {
      lines += table.LinesOf(row->breaker->breaker, before);
      if (lines > room) break;
      before = &row->breaker->breaker;
    }
    return std::max<size_t>(count, 1);
  };
  const size_t last_page = fit(rows.rbegin(), rows.rend());
  frame.offset =
      std::min(offset, rows.size() > last_page ? rows.size() - last_page : 0);
  frame.page =
      fit(rows.begin() + static_cast<std::ptrdiff_t>(frame.offset), rows.end());

  const ProcessNames names = NamesOf(model);
  const size_t end = std::min(frame.offset + frame.page, rows.size());
  for (size_t i = frame.offset; i < end; ++i) {
    const Model::Row& row = rows[i];
    table.Add(NameOf(model, names, *row.process), row.breaker->breaker,
              row.Age(now), row.process->connected);
  }
  if (!table.empty()) {
    for (std::string& line : table.Lines()) {
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
      frame.lines.push_back(EventLine(model, names, lines[i], style));
    }
  } else {
    frame.lines.resize(std::max(frame.lines.size(), height - 1));
  }
  std::string keys = "q quit   ? help";
  if (rows.size() > frame.page) {
    keys += "   " + std::to_string(frame.offset + 1) + "-" +
            std::to_string(end) + " of " + std::to_string(rows.size());
  }
  if (const std::string chosen = view.Text(); !chosen.empty()) {
    keys += "   " + chosen;
  }
  frame.lines.push_back(Paint(Fit(keys, style.width), Colour::kDim, style));
  if (frame.lines.size() > height) frame.lines.resize(height);
  return frame;
}

}  // namespace fusebox::tool
