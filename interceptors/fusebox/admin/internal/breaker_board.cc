#include "fusebox/admin/internal/breaker_board.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/admin/internal/view.h"
#include "fusebox/base/clock.h"
#include "fusebox/core/breaker.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/v1/admin.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace fusebox::internal {
namespace {

void Append(const std::optional<TimePoint>& time, std::string* print) {
  print->append(time ? std::to_string(time->time_since_epoch().count()) : "-")
      .append(",");
}

// The same for two messages that differ in their age only.
std::string PrintOf(const Snapshot& breaker,
                    const std::optional<TimePoint>& mode_until,
                    v1::Breaker proto) {
  proto.clear_in_state();
  proto.clear_since();
  proto.clear_probe_in();
  proto.clear_operator_mode_left();
  proto.clear_open_time();
  std::string print;
  Append(breaker.since, &print);
  Append(breaker.open_until, &print);
  Append(mode_until, &print);
  {
    google::protobuf::io::StringOutputStream stream(&print);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);  // maps have no order else
    proto.SerializeToCodedStream(&coded);
  }
  return print;
}

}  // namespace

void BreakerBoard::Look(const std::vector<BreakerView>& views,
                        const Moment& moment) {
  ++looks_;
  std::set<const Row*> seen;
  for (const BreakerView& view : views) RowOf(view.shown);
  for (const BreakerView& view : views) {
    const Snapshot& breaker = view.now.breaker;
    Row& row = RowOf(view.shown);
    if (!seen.insert(&row).second) continue;  // two names shown alike
    Row::Circuit circuit = {breaker.state, breaker.mode, breaker.operator_mode,
                            breaker.generation, view.mode_until};
    v1::WatchBreakersResponse alone;
    v1::Breaker* const proto = alone.add_breakers();
    ToProto(view, moment, proto);
    std::string print = PrintOf(breaker, view.mode_until, *proto);
    if (row.changed != 0 && circuit != row.circuit) {
      row.urgent = urgent_ = looks_;
    }
    if (!row.in_use || print != row.print || row.urgent == looks_) {
      row.changed = looks_;
      row.message = grpc::Slice(alone.SerializeAsString());
    }
    row.in_use = true;
    row.state = breaker.state;
    row.held = breaker.operator_mode.has_value();
    row.circuit = std::move(circuit);
    row.print = std::move(print);
  }
  for (Row& row : rows_) {
    if (!row.in_use || seen.count(&row) != 0) continue;
    row.in_use = false;
    row.changed = looks_;
    row.message = grpc::Slice();
  }
}

BreakerBoard::Row& BreakerBoard::RowOf(const BreakerName& shown) {
  const auto [place, is_new] = places_.try_emplace(shown, rows_.size());
  if (is_new) {
    rows_.emplace_back();
    rows_.back().shown = shown;
  }
  return rows_[place->second];
}

}  // namespace fusebox::internal
