// comparison.h: compares the costs of two things, as a ratio that holds on any
// machine.
//
//   Comparison result(subject, anchor);
//   table.Print("subject / anchor", result.ratios, "<=", 1.3, Note(result));
//
// The two run in turns in one process, so that they meet the same frequency,
// neighbours and noise. Each turn gives one ratio. The result is the median of
// the clean turns.

#ifndef FUSEBOX_BENCHMARKS_COMPARISON_H_
#define FUSEBOX_BENCHMARKS_COMPARISON_H_

#include <time.h>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace fusebox {

double Seconds(clockid_t clock);
double Median(std::vector<double> values);

// Runs `calls` calls of what is measured.
using Subject = std::function<void(int calls)>;

// Returns a subject that repeats `once`. The loop is flat and has its own copy
// of what `once` needs, so that the compiler adds no calls and uses registers.
template <typename F>
Subject Repeat(F once) {
  return [once](int calls) __attribute__((flatten)) {
    const F own = once;
    for (int i = 0; i < calls; ++i) own();
  };
}

// How a turn is measured.
struct Turn {
  int calls = 100'000;
  clockid_t clock = CLOCK_THREAD_CPUTIME_ID;
  // A turn is clean if the subject and the anchor each took at most this many
  // times their best. Otherwise the machine, or the other half of the core, was
  // busy with something else.
  double clean = 1.15;
};

// The results of the clean turns.
struct Comparison {
  Comparison(const Subject& subject, const Subject& anchor,
             const Turn& turn = Turn());

  std::vector<double> nanoseconds;  // per call of the subject
  std::vector<double> ratios;       // the subject's cost to the anchor's
  size_t turns = 0;                 // all turns, clean or not
};

// Returns the text to print beside a comparison.
std::string Note(const Comparison& comparison);

// Prints one line per promise: pass, FAIL, or not measured.
class Table {
 public:
  Table();

  // Compares the median of `ratios` with `limit`.
  void Print(const std::string& goal, const std::vector<double>& ratios,
             const char* relation, double limit, const std::string& note);

  // Prints a ratio that is not promised.
  void Print(const std::string& what, const std::vector<double>& ratios,
             const std::string& note);

  bool failed() const { return failed_; }

 private:
  bool failed_ = false;
};

}  // namespace fusebox

#endif  // FUSEBOX_BENCHMARKS_COMPARISON_H_
