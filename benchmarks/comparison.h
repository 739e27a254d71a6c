// comparison.h: what one thing costs against another, as a ratio that holds on
// any machine.
//
//   Comparison result(subject, anchor);
//   table.Print("subject / anchor", result.ratios, "<=", 1.3, Note(result));
//
// Both run in turns in one process, so that they meet the same frequency,
// neighbours and noise; a ratio is taken within a turn, and the median over the
// clean turns is judged.

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

// A subject runs this many calls.
using Subject = std::function<void(int calls)>;

// Flat, and with a copy of its own of what `once` needs, so that no call is
// measured that the subject does not make and what it needs is in registers.
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
  // A turn in which the subject or the anchor took longer than this times its
  // best does not count: the machine, or the core's other half, was busy with
  // something else.
  double clean = 1.15;
};

// Of the clean turns.
struct Comparison {
  Comparison(const Subject& subject, const Subject& anchor,
             const Turn& turn = Turn());

  std::vector<double> nanoseconds;  // of the subject, a call
  std::vector<double> ratios;       // of the subject's to the anchor's
  size_t turns = 0;                 // all
};

// What to print beside a comparison.
std::string Note(const Comparison& comparison);

// Prints a line for each promise: met, not met, or not measured.
class Table {
 public:
  Table();

  // The median of `ratios` is judged.
  void Print(const std::string& goal, const std::vector<double>& ratios,
             const char* relation, double limit, const std::string& note);

  // For the record.
  void Print(const std::string& what, const std::vector<double>& ratios,
             const std::string& note);

  bool failed() const { return failed_; }

 private:
  bool failed_ = false;
};

}  // namespace fusebox

#endif  // FUSEBOX_BENCHMARKS_COMPARISON_H_
