#include "tools/dashboard/coverage.h"

#include <utility>

namespace fusebox::tool {
namespace {

// By how much the time between two reports of a process may be shorter than the
// interval.
constexpr Millis kJitter{100};

constexpr size_t kMaxCovered = 256;

}  // namespace

std::optional<Millis> Coverage::Begin(const v1::WatchBreakersResponse& response,
                                      Millis at, bool continues) {
  if (response.snapshot()) {
    ++snapshots_;
    in_snapshot_ = true;
    in_response_ = false;
  }
  if (response.snapshot() || !continues) covered_.clear();
  if (!in_response_) began_ = at;
  in_response_ = response.more();
  if (in_snapshot_ || covered_.empty()) return std::nullopt;
  const Millis latest = at - (kInterval - kJitter);
  while (covered_.size() > 1 &&
         (covered_[1] <= latest || covered_.size() > kMaxCovered)) {
    covered_.pop_front();
  }
  return covered_.front();
}

bool Coverage::End(const v1::WatchBreakersResponse& response) {
  if (response.more()) return false;
  covered_.push_back(began_);
  return std::exchange(in_snapshot_, false);
}

}  // namespace fusebox::tool
