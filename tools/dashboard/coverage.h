// coverage.h: finds out since when the calls in a response may have been made.
//
// A response leaves out breakers that have not changed. If one of them is in a
// later response, its calls are newer than the last response that would have
// had them. A response that was sent at once, for a change of state, would not:
// it leaves out what else has changed. A response in parts covers only what was
// before its first part.

#ifndef FUSEBOX_TOOLS_DASHBOARD_COVERAGE_H_
#define FUSEBOX_TOOLS_DASHBOARD_COVERAGE_H_

#include <cstdint>
#include <deque>
#include <optional>

#include "fusebox/v1/admin.pb.h"
#include "tools/dashboard/rate_series.h"

namespace fusebox::tool {

// Follows the responses of one process. Thread-compatible.
class Coverage {
 public:
  // How often the process is asked to report.
  static constexpr Millis kInterval{1000};

  // Begins a response, or a part of one, that was sent at `at`. `continues`
  // says whether the time since the response before is known. Returns since
  // when the calls that no earlier response had may have been made, or nothing
  // if nobody knows that.
  std::optional<Millis> Begin(const v1::WatchBreakersResponse& response,
                              Millis at, bool continues);

  // Ends the response or the part. Returns whether that completes a snapshot.
  bool End(const v1::WatchBreakersResponse& response);

  // Returns how many snapshots have begun so far.
  uint64_t snapshots() const { return snapshots_; }

 private:
  uint64_t snapshots_ = 0;
  bool in_snapshot_ = false;    // a part of the snapshot is still to come
  bool in_response_ = false;    // a part of the response is still to come
  Millis began_{0};             // when the first part of the response was sent
  std::deque<Millis> covered_;  // when the last complete ones began
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_DASHBOARD_COVERAGE_H_
