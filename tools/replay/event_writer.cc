#include "tools/replay/event_writer.h"

#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"
#include "tools/replay/call_log.h"
#include "tools/text/printable.h"

namespace fusebox::tool {
namespace {

using nlohmann::ordered_json;

// Replaces bytes that are not UTF-8 by U+FFFD.
std::string Dump(const ordered_json& json) {
  return PrintableJson(
      json.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
}

}  // namespace

void EventWriter::OnTransition(int64_t t_us, const Transition& transition) {
  Write(Dump({{"t_us", t_us},
              {"method", transition.breaker},
              {"event", "transition"},
              {"from", Name(transition.from)},
              {"to", Name(transition.to)},
              {"reason", Name(transition.cause.reason)}}));
}

// Most lines are rejections. Formatting them with the library would make the
// whole replay four times slower.
void EventWriter::OnRejected(const RecordedCall& call, RejectionReason reason,
                             bool enforced) {
  std::string& method = methods_[std::string(call.method)];
  if (method.empty()) method = Dump(call.method);
  Write(absl::StrCat("{\"t_us\":", call.start_us, ",\"method\":", method,
                     ",\"event\":\"rejected\",\"line\":", call.line,
                     ",\"reason\":\"", std::string(Name(reason)),
                     "\",\"enforced\":", enforced ? "true}" : "false}"));
}

bool EventWriter::Finish(const Counts& total) {
  Write(Dump({{"event", "summary"},
              {"calls", total.calls},
              {"admitted", total.admitted},
              {"rejected", total.rejected},
              {"would_reject", total.would_reject},
              {"failures_admitted", total.failures_admitted},
              {"failures_avoided", total.failures_avoided},
              {"successes_rejected", total.successes_rejected},
              {"slow_avoided", total.slow_avoided}}));
  return std::fflush(out_) == 0 && std::ferror(out_) == 0;
}

void EventWriter::Write(const std::string& line) {
  std::fwrite(line.data(), 1, line.size(), out_);
  std::fputc('\n', out_);
}

}  // namespace fusebox::tool
