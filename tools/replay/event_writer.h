// event_writer.h: writes each event of a replay as one line of JSON.
//
//   {"t_us":0,"method":"/s/M","event":"transition","from":"CLOSED",...}
//   {"t_us":0,"method":"/s/M","event":"rejected","line":2,"reason":"OPEN",...}
//   {"event":"summary","calls":1,...}
//
// `method` is the called method or, in a transition, the breaker's key.

#ifndef FUSEBOX_TOOLS_REPLAY_EVENT_WRITER_H_
#define FUSEBOX_TOOLS_REPLAY_EVENT_WRITER_H_

#include <cstdint>
#include <cstdio>
#include <string>
#include <unordered_map>

#include "tools/replay/simulation.h"
#include "tools/replay/tally.h"

namespace fusebox::tool {

class EventWriter final : public SimulationObserver {
 public:
  explicit EventWriter(std::FILE* out) : out_(out) {}

  void OnTransition(int64_t t_us, const Transition& transition) override;
  void OnRejected(const RecordedCall& call, RejectionReason reason,
                  bool enforced) override;
  void OnCall(const RecordedCall&, const Breaker*, const CallResult&) override {
  }

  // Writes the last line. Returns false if any write has failed.
  bool Finish(const Counts& total);

 private:
  void Write(const std::string& line);

  std::FILE* const out_;
  std::unordered_map<std::string, std::string> methods_;  // as JSON, by name
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_REPLAY_EVENT_WRITER_H_
