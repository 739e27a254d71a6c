#include "tools/text/rejection_sums.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "fusebox/base/text.h"
#include "tools/admin/name_of.h"
#include "tools/text/breaker_text.h"
#include "tools/text/time_text.h"

namespace fusebox::tool {

bool RejectionSums::Add(size_t process, const v1::Event& event) {
  if (event.type() != "REJECTION") return false;
  const auto same = [&](const Open& open) {
    const auto& [whose, first] = open.sum;
    return whose == process && first.reason() == event.reason() &&
           first.enforced() == event.enforced() &&
           NameOf(first.breaker()) == NameOf(event.breaker());
  };
  const auto found = std::find_if(sums_.begin(), sums_.end(), same);
  if (found == sums_.end()) {
    sums_.push_back({{process, event}, event.time()});
    return true;
  }
  v1::Event& sum = found->sum.second;
  sum.set_count(sum.count() + event.count());
  found->last = event.time();
  found->several = true;
  return true;
}

std::vector<RejectionSums::Sum> RejectionSums::Take() {
  std::vector<Sum> taken;
  for (Open& open : std::exchange(sums_, {})) {
    v1::Event& sum = open.sum.second;
    if (open.several) {
      sum.set_text(
          NameText(sum.breaker()) + ": " + Count(sum.count(), "call") +
          (sum.enforced() ? " rejected: " : " would have been rejected: ") +
          sum.reason() + ", the last at " + ClockText(open.last));
    }
    taken.push_back(std::move(open.sum));
  }
  return taken;
}

}  // namespace fusebox::tool
