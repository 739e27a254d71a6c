// watcher.h: what one watcher has been told, and what it is to be told next.
//
// A watcher that reads slowly is not told everything but the latest of
// everything: what it costs is sixteen bytes a breaker, and at most so many
// events, of which the oldest make room and are counted. What is too long for
// one response comes in parts.

#ifndef FUSEBOX_ADMIN_INTERNAL_WATCHER_H_
#define FUSEBOX_ADMIN_INTERNAL_WATCHER_H_

#include <grpcpp/support/slice.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "fusebox/admin/internal/breaker_board.h"
#include "fusebox/admin/internal/breaker_matcher.h"
#include "fusebox/base/clock.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox::internal {

// What a watcher asked for.
struct WatchRequest {
  BreakerMatcher matcher;
  Duration interval{0};
  bool events = false;
};

// A response in the making: messages of one breaker, name or event each. In a
// row they are one WatchBreakersResponse with all of them: such is protobuf's
// wire format. Not thread-safe.
class WatchResponse {
 public:
  // A client takes 4 MB, unless it is told otherwise.
  static constexpr size_t kMaxBytes = 1 << 20;

  // False, and nothing is added, where there is no room. The first has room
  // however long it is.
  bool Add(const grpc::Slice& message);

  bool empty() const { return messages_.empty(); }

  // All of it, with the fields that are no lists.
  std::vector<grpc::Slice> Finish(const v1::WatchBreakersResponse& rest) &&;

 private:
  std::vector<grpc::Slice> messages_;
  size_t bytes_ = 0;
};

// Events that wait for a watcher. One that changed something waits for the look
// that shows the change: unless a response comes in parts, it comes with the
// state that it led to. Not thread-safe.
class EventQueue {
 public:
  explicit EventQueue(size_t most) : most_(most) {}

  // An event as the message of it alone, and the look (the board's looks())
  // that it waits for; 0: none. The oldest makes room.
  void Push(grpc::Slice event, uint64_t look);

  // Whether something is ready, after so many looks; whether it is urgent,
  // because it changed something.
  bool HasReady(uint64_t looks) const {
    return !events_.empty() && events_.front().look <= looks;
  }
  bool HasUrgent(uint64_t looks) const;

  // Moves what is ready to the response, oldest first, while there is room.
  void MoveTo(uint64_t looks, WatchResponse* response);

  // How many made room since the last time.
  uint64_t TakeMissed() { return std::exchange(missed_, 0); }

 private:
  struct Waiting {
    grpc::Slice event;
    uint64_t look;
  };
  const size_t most_;
  std::deque<Waiting> events_;
  uint64_t missed_ = 0;
};

// Not thread-safe.
class Watcher {
 public:
  explicit Watcher(WatchRequest request) : request_(std::move(request)) {}

  const WatchRequest& request() const { return request_; }

  // Whether the board has something urgent that it has not looked at.
  bool HasUrgent(const BreakerBoard& board) const {
    return board.urgent() > looked_;
  }

  // Adds to the response, which is empty, what is new on the board: the
  // messages of breakers that it is to be told of, and the names of those that
  // are gone. With `all` everything that it does not know yet, else the urgent
  // only. Where there is no room for the rest it is unfinished, and the next
  // call goes on.
  void Next(const BreakerBoard& board, bool all, WatchResponse* response);
  bool unfinished() const { return next_row_ != 0; }

 private:
  // Of one row of the board.
  struct Known {
    uint64_t told = 0;  // the row's `changed` that it knows; 0: none
    bool name_matches = false;
  };

  // Tells of the row if it is new. False: there is no room.
  bool Tell(const BreakerBoard::Row& row, Known* known, bool all,
            WatchResponse* response) const;

  const WatchRequest request_;
  uint64_t looked_ = 0;  // the board's looks() when it last began at row 0
  size_t next_row_ = 0;
  std::vector<Known> known_;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_WATCHER_H_
