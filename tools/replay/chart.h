// chart.h: a replay as a picture: calls per second by what became of them, and
// the breaker's state below as a band; a panel a breaker, the most troubled
// first.

#ifndef FUSEBOX_TOOLS_REPLAY_CHART_H_
#define FUSEBOX_TOOLS_REPLAY_CHART_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tools/replay/series.h"
#include "tools/replay/simulation.h"
#include "tools/replay/tally.h"

namespace fusebox::tool {

class Chart final : public SimulationObserver {
 public:
  // Panels beyond which breakers are only named.
  static constexpr size_t kMaxPanels = 12;

  void OnTransition(int64_t t_us, const Transition& transition) override;
  void OnRejected(const RecordedCall&, RejectionReason, bool) override {}
  void OnCall(const RecordedCall& call, const Breaker* breaker, Outcome outcome,
              bool admitted) override;

  // The picture, a whole SVG document.
  std::string Svg(const Tally& tally) const;

 private:
  struct Change {
    int64_t t_us;
    State to;
  };
  struct Panel {
    Series series;
    std::vector<Change> changes;  // of state
  };

  std::string Band(const Panel& panel, double seconds, double y) const;
  Panel& Find(const std::string& key, int64_t t_us);

  std::map<std::string, Panel> panels_;
  const Breaker* last_breaker_ = nullptr;
  Panel* last_panel_ = nullptr;
  std::optional<int64_t> origin_us_;  // of the first call
  int64_t latest_us_ = 0;
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_REPLAY_CHART_H_
