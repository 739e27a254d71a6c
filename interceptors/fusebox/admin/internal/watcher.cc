#include "fusebox/admin/internal/watcher.h"

#include <grpcpp/support/slice.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "fusebox/admin/internal/breaker_board.h"
#include "fusebox/admin/internal/view.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox::internal {

bool WatchResponse::Add(const grpc::Slice& message) {
  if (!messages_.empty() && bytes_ + message.size() > kMaxBytes) return false;
  messages_.push_back(message);
  bytes_ += message.size();
  return true;
}

std::vector<grpc::Slice> WatchResponse::Finish(
    const v1::WatchBreakersResponse& rest) && {
  messages_.emplace_back(rest.SerializeAsString());
  return std::move(messages_);
}

void EventQueue::Push(grpc::Slice event, uint64_t look) {
  events_.push_back({std::move(event), look});
  if (events_.size() > most_) {
    events_.pop_front();
    ++missed_;
  }
}

bool EventQueue::HasUrgent(uint64_t looks) const {
  for (const Waiting& waiting : events_) {
    if (waiting.look > looks) return false;  // and so is what comes after it
    if (waiting.look != 0) return true;
  }
  return false;
}

void EventQueue::MoveTo(uint64_t looks, WatchResponse* response) {
  while (HasReady(looks) && response->Add(events_.front().event)) {
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

}  // namespace fusebox::internal
