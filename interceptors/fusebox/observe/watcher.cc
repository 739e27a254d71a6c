#include "fusebox/observe/watcher.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "fusebox/observe/admin_view.h"
#include "fusebox/observe/breaker_board.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox {

void EventQueue::Push(grpc::Slice event) {
  content_.events.push_back(std::move(event));
  if (content_.events.size() > most_) {
    content_.events.pop_front();
    ++content_.missed;
  }
}

std::vector<grpc::Slice> Watcher::Next(const BreakerBoard& board, bool all,
                                       v1::WatchBreakersResponse* header) {
  const std::vector<BreakerBoard::Row>& rows = board.rows();
  while (known_.size() < rows.size()) {
    const bool matches =
        request_.matcher.MatchesName(rows[known_.size()].shown);
    known_.push_back({0, matches});
  }
  looked_ = board.looks();
  std::vector<grpc::Slice> messages;
  for (size_t i = 0; i < rows.size(); ++i) {
    const BreakerBoard::Row& row = rows[i];
    Known& known = known_[i];
    if (!known.name_matches || row.changed == known.told) continue;
    if (!all && row.urgent <= known.told) continue;
    if (row.in_use && request_.matcher.MatchesState(row.state, row.held)) {
      known.told = row.changed;
      messages.push_back(row.message);
    } else if (known.told != 0) {
      known.told = 0;
      ToProto(row.shown, header->add_gone());
    }
  }
  return messages;
}

}  // namespace fusebox
