#include "tools/replay/event_writer.h"

#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"
#include "tools/replay/call_log.h"

namespace fusebox::tool {

void EventWriter::OnTransition(int64_t t_us, const Transition& transition) {
  Write({{"t_us", t_us},
         {"method", transition.breaker},
         {"event", "transition"},
         {"from", Name(transition.from)},
         {"to", Name(transition.to)},
         {"reason", Name(transition.cause.reason)}});
}

void EventWriter::OnRejected(const RecordedCall& call, RejectionReason reason,
                             bool enforced) {
  Write({{"t_us", call.start_us},
         {"method", call.method},
         {"event", "rejected"},
         {"line", call.line},
         {"reason", Name(reason)},
         {"enforced", enforced}});
}

bool EventWriter::Finish(const Counts& total) {
  Write({{"event", "summary"},
         {"calls", total.calls},
         {"admitted", total.admitted},
         {"rejected", total.rejected},
         {"would_reject", total.would_reject},
         {"failures_admitted", total.failures_admitted},
         {"failures_avoided", total.failures_avoided},
         {"successes_rejected", total.successes_rejected}});
  return std::fflush(out_) == 0 && std::ferror(out_) == 0;
}

void EventWriter::Write(const nlohmann::ordered_json& event) {
  const std::string line =
      event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) +
      "\n";
  std::fwrite(line.data(), 1, line.size(), out_);
}

}  // namespace fusebox::tool
