// breaker_board.h: the breakers as watchers see them: each a message that is
// written once and sent to all, and a number that says when it last changed.
//
// What only grows older is no change: a watcher can count down by itself.

#ifndef FUSEBOX_ADMIN_INTERNAL_BREAKER_BOARD_H_
#define FUSEBOX_ADMIN_INTERNAL_BREAKER_BOARD_H_

#include <grpcpp/support/slice.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "fusebox/admin/internal/view.h"
#include "fusebox/base/clock.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/breaker_name.h"

namespace fusebox::internal {

// Not thread-safe.
class BreakerBoard {
 public:
  struct Row {
    BreakerName shown;
    bool in_use = false;
    State state = State::kClosed;
    bool held = false;  // in a mode, by an operator

    // The looks in which it last changed; 0: never. `urgent`: its circuit or
    // mode did, which watchers are to hear of at once.
    uint64_t changed = 0;
    uint64_t urgent = 0;

    // A WatchBreakersResponse of this breaker alone.
    grpc::Slice message;

   private:
    friend class BreakerBoard;
    using Circuit = std::tuple<State, Mode, std::optional<Mode>, uint64_t,
                               std::optional<TimePoint>>;
    Circuit circuit;
    std::string print;  // what is compared
  };

  // The next look: the breakers in use as they are at `moment`.
  void Look(const std::vector<BreakerView>& views, const Moment& moment);

  // How many there were, and the last in which some row was urgent.
  uint64_t looks() const { return looks_; }
  uint64_t urgent() const { return urgent_; }

  // Rows are only added: a breaker has the same place for ever.
  const std::vector<Row>& rows() const { return rows_; }

 private:
  Row& RowOf(const BreakerName& shown);

  uint64_t looks_ = 0;
  uint64_t urgent_ = 0;
  std::vector<Row> rows_;
  std::map<BreakerName, size_t> places_;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_BREAKER_BOARD_H_
