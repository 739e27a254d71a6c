// chart.h: draws a replay as a picture with one panel per breaker.
//
// A panel shows the calls per second by their fate and, below them, a band with
// the state of the breaker. The breakers with the most rejections and failures
// come first.

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
  // The picture shows at most this many breakers, and counts the others.
  static constexpr size_t kMaxPanels = 12;

  void OnTransition(int64_t t_us, const Transition& transition) override;
  void OnRejected(const RecordedCall&, RejectionReason, bool) override {}
  void OnCall(const RecordedCall& call, const Breaker* breaker,
              const CallResult& result) override;

  // Returns the picture as a complete SVG document.
  std::string Svg(const Tally& tally) const;

 private:
  struct Change {
    int64_t t_us;
    State to;
  };
  struct Panel {
    Series series;
    std::vector<Change> changes;  // of the state
  };

  std::string Band(const Panel& panel, double seconds, double y) const;
  Panel& Find(const std::string& key, int64_t t_us);

  std::map<std::string, Panel> panels_;
  const Breaker* last_breaker_ = nullptr;
  Panel* last_panel_ = nullptr;
  std::optional<int64_t> origin_us_;  // the start of the first call
  int64_t latest_us_ = 0;
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_REPLAY_CHART_H_
