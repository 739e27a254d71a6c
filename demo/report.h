// report.h: prints what each outage cost, with and without a breaker.

#ifndef DEMO_REPORT_H_
#define DEMO_REPORT_H_

#include <optional>
#include <string>
#include <vector>

#include "demo/ledger.h"
#include "demo/screen.h"
#include "fusebox/core/transition.h"

namespace outage {

// The times of one outage.
struct Outage {
  std::string name;  // like "killed"
  TimePoint gone;    // when the signal was sent
  TimePoint back;    // when it served, or could serve, again

  // Whether the operating system confirmed that the server stopped and
  // returned.
  bool went = false;
  bool came = false;
};

// Return when the circuit first opened after `gone`, and when it then closed.
std::optional<TimePoint> Opened(
    const std::vector<fusebox::Transition>& transitions, TimePoint gone);
std::optional<TimePoint> ClosedAgain(
    const std::vector<fusebox::Transition>& transitions, TimePoint gone);

// What was observed during all outages.
struct Evidence {
  std::vector<Outage> outages;
  std::vector<fusebox::Transition> transitions;
  CallRecords guarded;
  CallRecords plain;
  CallRecords unnudged;  // behind a breaker that does not nudge its channel
};

void PrintReport(const Screen& screen, const Evidence& evidence);

// Returns one sentence for each thing that should have happened and did not.
std::vector<std::string> FindMissing(const Evidence& evidence);

}  // namespace outage

#endif  // DEMO_REPORT_H_
