// watcher.h: what one watcher has been told, and what it is to be told next.
//
// A watcher that reads slowly is not told everything but the latest of
// everything: what it costs is eight bytes a breaker, and at most so many
// events, of which the oldest make room and are counted.

#ifndef FUSEBOX_OBSERVE_WATCHER_H_
#define FUSEBOX_OBSERVE_WATCHER_H_

#include <grpcpp/support/slice.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "fusebox/core/clock.h"
#include "fusebox/observe/breaker_board.h"
#include "fusebox/observe/breaker_matcher.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox {

// What a watcher asked for.
struct WatchRequest {
  BreakerMatcher matcher;
  Duration interval{0};
  bool events = false;
};

// Events that wait for a watcher. Not thread-safe.
class EventQueue {
 public:
  explicit EventQueue(size_t most) : most_(most) {}

  // An event as the message of it alone. The oldest makes room.
  void Push(grpc::Slice event);

  // All of it, oldest first, and how many made room since the last time.
  struct Content {
    std::deque<grpc::Slice> events;
    uint64_t missed = 0;
  };
  Content Take() { return std::exchange(content_, {}); }

  bool empty() const { return content_.events.empty(); }

 private:
  const size_t most_;
  Content content_;
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

  // What is new on the board: the messages of breakers that it is to be told
  // of, and in `*header` those that are gone. With `all` everything that it
  // does not know yet, else the urgent only.
  std::vector<grpc::Slice> Next(const BreakerBoard& board, bool all,
                                v1::WatchBreakersResponse* header);

 private:
  // Of one row of the board.
  struct Known {
    uint64_t told = 0;  // the row's `changed` that it knows; 0: none
    bool name_matches = false;
  };

  const WatchRequest request_;
  uint64_t looked_ = 0;  // the board's looks() when it last looked
  std::vector<Known> known_;
};

}  // namespace fusebox

#endif  // FUSEBOX_OBSERVE_WATCHER_H_
