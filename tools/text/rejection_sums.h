// rejection_sums.h: makes one event of many rejections.

#ifndef FUSEBOX_TOOLS_TEXT_REJECTION_SUMS_H_
#define FUSEBOX_TOOLS_TEXT_REJECTION_SUMS_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/v1/admin.pb.h"

namespace fusebox::tool {

// Sums up REJECTION events between which nothing else happened: one event for
// each process, breaker and reason.
//
//   for (const v1::Event& event : events) {
//     if (sums.Add(process, event)) continue;
//     for (const auto& [whose, sum] : sums.Take()) Print(whose, sum);
//     Print(process, event);
//   }
//   for (const auto& [whose, sum] : sums.Take()) Print(whose, sum);
class RejectionSums {
 public:
  // The index of a process, and an event of it.
  using Sum = std::pair<size_t, v1::Event>;

  // Takes the event if it is a REJECTION. Otherwise returns false: what was
  // summed up must be shown before it.
  bool Add(size_t process, const v1::Event& event);

  // Returns the sums in the order of their first events, and begins anew. The
  // text of a sum says how many calls it counts and when the last one was.
  std::vector<Sum> Take();

 private:
  struct Open {
    Sum sum;
    google::protobuf::Timestamp last;
    bool several = false;
  };

  std::vector<Open> sums_;
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_TEXT_REJECTION_SUMS_H_
