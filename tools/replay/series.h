// series.h: counts calls over time, in a limited number of bins.
//
// The length of a replay is known only at its end. Therefore the bins are
// narrow at first, and become twice as wide whenever a call is later than all
// of them.

#ifndef FUSEBOX_TOOLS_REPLAY_SERIES_H_
#define FUSEBOX_TOOLS_REPLAY_SERIES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace fusebox::tool {

enum class Fate : uint8_t {
  kSucceeded,  // or ended with an ignored outcome
  kFailed,
  kAvoided,      // rejected, and would have failed
  kSlowAvoided,  // rejected, and would have succeeded, but slowly
  kLost,         // rejected, and would have succeeded in time
};
inline constexpr size_t kFateCount = 5;

// Counts calls by fate in bins of equal width. The first bin begins at
// `origin_us`. There are at most kMaxBins bins.
class Series {
 public:
  static constexpr size_t kMaxBins = 160;
  using Bin = std::array<uint64_t, kFateCount>;

  explicit Series(int64_t origin_us) : origin_us_(origin_us) {}

  // REQUIRES: `t_us` is not before the origin.
  void Add(int64_t t_us, Fate fate) {
    const size_t bin = Reach(t_us);
    if (bin >= bins_.size()) bins_.resize(bin + 1);
    ++bins_[bin][static_cast<size_t>(fate)];
  }

  // Widens the bins until one covers `t_us`. Returns its index.
  size_t Reach(int64_t t_us) {
    while ((t_us - origin_us_) / width_us_ >= static_cast<int64_t>(kMaxBins)) {
      Halve();
    }
    return static_cast<size_t>((t_us - origin_us_) / width_us_);
  }

  int64_t width_us() const { return width_us_; }
  const std::vector<Bin>& bins() const { return bins_; }

 private:
  // Merges each pair of bins.
  void Halve() {
    for (size_t i = 0; i < bins_.size(); ++i) {
      if (i % 2 == 0) {
        bins_[i / 2] = bins_[i];
        continue;
      }
      for (size_t fate = 0; fate < kFateCount; ++fate) {
        bins_[i / 2][fate] += bins_[i][fate];
      }
    }
    bins_.resize((bins_.size() + 1) / 2);
    width_us_ *= 2;
  }

  const int64_t origin_us_;
  int64_t width_us_ = 1000;
  std::vector<Bin> bins_;
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_REPLAY_SERIES_H_
