// instructions.cc: makes calls for Callgrind to count. This is not a test by
// itself; see instructions.sh.
//
//   instructions time|calls|consecutive|score CALLS

#include <chrono>
#include <cstdlib>
#include <string>

#include "benchmarks/subjects.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::string policy = argv[1];
  const int calls = std::atoi(argv[2]);
  fusebox::Settings settings = fusebox::ConsecutivePolicy();
  if (policy == "time") settings = fusebox::TimePolicy();
  if (policy == "calls") settings = fusebox::CountPolicy();
  if (policy == "score") settings.failure_score = fusebox::FailureScore{20};
  const auto breaker = fusebox::MakeBreaker(settings, fusebox::CoarseClock());
  const fusebox::TimePoint now(std::chrono::hours(1));
  SucceedAt(*breaker, now, 1000);  // fills a window of calls
  SucceedAt(*breaker, now, calls);
  return 0;
}
