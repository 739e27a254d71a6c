#include "tools/text/rejection_sums.h"

#include <cstddef>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "fusebox/base/text.h"
#include "fusebox/registry/breaker_name.h"
#include "tools/admin/name_of.h"
#include "tools/text/breaker_text.h"
#include "tools/text/time_text.h"

namespace fusebox::tool {
namespace {

// What may be summed up: the type, the reason, and whether it was enforced.
using Kind = std::tuple<std::string, std::string, bool>;

struct Open {
  size_t at = 0;  // in the result
  google::protobuf::Timestamp last;
  bool several = false;
};

// A process and a breaker of it, with its sums that are not complete.
using Breakers = std::map<std::pair<size_t, BreakerName>, std::map<Kind, Open>>;

std::string TextOf(const v1::Event& sum, const Open& open) {
  std::string text = NameText(sum.breaker()) + ": ";
  if (sum.type() == "FALLBACK") {
    text += Count(sum.count(), "rejected call") + " answered by a fallback";
  } else {
    text += Count(sum.count(), "call") +
            (sum.enforced() ? " rejected: " : " would have been rejected: ") +
            sum.reason();
  }
  return text + ", the last at " + ClockText(open.last);
}

}  // namespace

std::vector<EventOf> SumUpRejections(std::vector<EventOf> events) {
  std::vector<EventOf> result;
  const auto complete = [&](const std::map<Kind, Open>& sums) {
    for (const auto& [kind, open] : sums) {
      v1::Event& sum = result[open.at].second;
      if (open.several) sum.set_text(TextOf(sum, open));
    }
  };
  Breakers breakers;
  for (EventOf& whose : events) {
    const v1::Event& event = whose.second;
    if (!event.has_breaker()) {
      result.push_back(std::move(whose));
      continue;
    }
    auto& sums = breakers[{whose.first, NameOf(event.breaker())}];
    if (event.type() != "REJECTION" && event.type() != "FALLBACK") {
      complete(sums);
      sums.clear();
      result.push_back(std::move(whose));
      continue;
    }
    const Kind kind = {event.type(), event.reason(), event.enforced()};
    const auto found = sums.find(kind);
    if (found == sums.end()) {
      sums[kind] = {result.size(), event.time()};
      result.push_back(std::move(whose));
      continue;
    }
    v1::Event& sum = result[found->second.at].second;
    sum.set_count(sum.count() + event.count());
    found->second.last = event.time();
    found->second.several = true;
  }
  for (const auto& [breaker, sums] : breakers) complete(sums);
  return result;
}

}  // namespace fusebox::tool
