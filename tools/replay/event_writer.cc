#include "tools/replay/event_writer.h"

#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"
#include "tools/replay/call_log.h"

namespace fusebox::tool {

void EventWriter::OnTransition(int64_t t_us, const Transition& transition) {
  line_.append("{\"t_us\":").append(std::to_string(t_us));
  line_.append(",\"method\":").append(Json(transition.breaker));
  line_.append(",\"event\":\"transition\",\"from\":\"");
  line_.append(Name(transition.from)).append("\",\"to\":\"");
  line_.append(Name(transition.to)).append("\",\"reason\":\"");
  line_.append(Name(transition.cause.reason)).append("\"}\n");
  Write();
}

void EventWriter::OnRejected(const RecordedCall& call, RejectionReason reason,
                             bool enforced) {
  line_.append("{\"t_us\":").append(std::to_string(call.start_us));
  line_.append(",\"method\":").append(Json(call.method));
  line_.append(",\"event\":\"rejected\",\"line\":");
  line_.append(std::to_string(call.line)).append(",\"reason\":\"");
  line_.append(Name(reason)).append("\",\"enforced\":");
  line_.append(enforced ? "true}\n" : "false}\n");
  Write();
}

bool EventWriter::Finish(const Counts& total) {
  line_.append("{\"event\":\"summary\"");
  for (const auto& [name, count] :
       {std::pair("calls", total.calls),
        {"admitted", total.admitted},
        {"rejected", total.rejected},
        {"would_reject", total.would_reject},
        {"failures_admitted", total.failures_admitted},
        {"failures_avoided", total.failures_avoided},
        {"successes_rejected", total.successes_rejected}}) {
    line_.append(",\"").append(name).append("\":");
    line_.append(std::to_string(count));
  }
  line_.append("}\n");
  Write();
  return std::fflush(out_) == 0 && std::ferror(out_) == 0;
}

// Caches the result, because there are only a few methods. Replaces bytes that
// are not UTF-8.
const std::string& EventWriter::Json(std::string_view text) {
  std::string& json = json_[std::string(text)];
  if (json.empty()) {
    json = nlohmann::json(text).dump(-1, ' ', false,
                                     nlohmann::json::error_handler_t::replace);
  }
  return json;
}

void EventWriter::Write() {
  std::fwrite(line_.data(), 1, line_.size(), out_);
  line_.clear();
}

}  // namespace fusebox::tool
