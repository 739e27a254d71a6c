#include "fusebox/observe/watcher.h"

#include <grpcpp/support/slice.h>

#include <cstddef>
#include <utility>
#include <vector>

#include "fusebox/observe/admin_view.h"
#include "fusebox/observe/breaker_board.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox {

bool WatchResponse::Add(const grpc::Slice& message) {
  if (!messages_.empty() && bytes_ + message.size() > kMostBytes) return false;
  messages_.push_back(message);
  bytes_ += message.size();
  return true;
}

std::vector<grpc::Slice> WatchResponse::Finish(
    const v1::WatchBreakersResponse& rest) && {
  messages_.emplace_back(rest.SerializeAsString());
  return std::move(messages_);
}

void EventQueue::Push(grpc::Slice event) {
  events_.push_back(std::move(event));
  if (events_.size() > most_) {
    events_.pop_front();
    ++missed_;
  }
}

void EventQueue::MoveTo(WatchResponse* response) {
  while (!events_.empty() && response->Add(events_.front())) {
    events_.pop_front();
  }
}

void Watcher::Next(const BreakerBoard& board, bool all,
                   WatchResponse* response) {
  const std::vector<BreakerBoard::Row>& rows = board.rows();
  while (known_.size() < rows.size()) {
    const bool matches =
        request_.matcher.MatchesName(rows[known_.size()].shown);
    known_.push_back({0, matches});
  }
  if (next_row_ == 0) looked_ = board.looks();
  for (size_t i = std::exchange(next_row_, 0); i < rows.size(); ++i) {
    if (Tell(rows[i], &known_[i], all, response)) continue;
    next_row_ = i;
    return;
  }
}

bool Watcher::Tell(const BreakerBoard::Row& row, Known* known, bool all,
                   WatchResponse* response) const {
  if (!known->name_matches || row.changed == known->told) return true;
  if (!all && row.urgent <= known->told) return true;
  if (row.in_use && request_.matcher.MatchesState(row.state, row.held)) {
    if (!response->Add(row.message)) return false;
    known->told = row.changed;
  } else if (known->told != 0) {
    v1::WatchBreakersResponse gone;
    ToProto(row.shown, gone.add_gone());
    if (!response->Add(grpc::Slice(gone.SerializeAsString()))) return false;
    known->told = 0;
  }
  return true;
}

}  // namespace fusebox
