#include "fusebox/admin/internal/feed.h"

#include <grpcpp/support/slice.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fusebox/admin/internal/view.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/mutex.h"
#include "fusebox/core/breaker.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/event.h"
#include "fusebox/v1/admin.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace fusebox::internal {
namespace {

grpc::Slice Serialize(const v1::WatchBreakersResponse& response) {
  return grpc::Slice(response.SerializeAsString());
}

std::string Text(const std::optional<TimePoint>& time) {
  return time ? absl::StrCat(time->time_since_epoch().count(), ",") : "-,";
}

std::string CircuitOf(const BreakerView& view) {
  const Snapshot& breaker = view.now.breaker;
  const std::optional<TimePoint> mode_end =
      view.hold ? view.hold->end : std::nullopt;
  const int operator_mode =
      breaker.operator_mode ? static_cast<int>(*breaker.operator_mode) : -1;
  return absl::StrCat(static_cast<int>(breaker.state), ",",
                      static_cast<int>(breaker.mode), ",", operator_mode, ",",
                      breaker.generation, ",", Text(mode_end));
}

// Leaves out the ages, and keeps the times that they are counted from.
std::string ContentOf(const BreakerView& view, v1::Breaker proto) {
  proto.clear_in_state();
  proto.clear_since();
  proto.clear_probe_in();
  proto.clear_operator_mode_left();
  proto.clear_operator_mode_since();
  proto.clear_operator_mode_age();
  proto.clear_open_time();
  proto.clear_outage();  // what changes in it changes elsewhere, too
  std::string content = absl::StrCat(Text(view.now.breaker.since),
                                     Text(view.now.breaker.open_until));
  {
    google::protobuf::io::StringOutputStream stream(&content);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);  // otherwise maps have no order
    // Fails only for messages of more than 2 GiB.
    [[maybe_unused]] const bool fits = proto.SerializeToCodedStream(&coded);
  }
  return content;
}

}  // namespace

// Collects messages that hold one breaker, name or event each. In protobuf's
// wire format, messages in a row are one message with all of their elements.
class Feed::Response {
 public:
  // Returns false, and adds nothing, if there is no room. There is always room
  // for one message, however long it is.
  bool Add(const grpc::Slice& message) {
    if (!empty() && bytes_ + message.size() > kMaxResponseBytes) return false;
    slices_.push_back(message);
    bytes_ += message.size();
    return true;
  }

  bool empty() const { return slices_.empty(); }

  // `rest` has the fields that are no lists.
  std::vector<grpc::Slice> Finish(const v1::WatchBreakersResponse& rest) && {
    slices_.push_back(Serialize(rest));
    return std::move(slices_);
  }

 private:
  std::vector<grpc::Slice> slices_;
  size_t bytes_ = 0;
};

bool Feed::OnEvent(const Event& event) {
  const bool urgent = !IsOfCalls(event.type);
  MutexLock lock(mu_);
  if (viewers_.empty()) return false;
  std::optional<BreakerName> shown;
  if (event.breaker != nullptr) shown = Shown(*event.breaker);
  std::optional<grpc::Slice> message;  // made only if a viewer wants it
  for (Viewer* const viewer : viewers_) {
    if (!viewer->Wants(shown ? &*shown : nullptr)) continue;
    if (!message) {
      v1::WatchBreakersResponse alone;
      ToProto(event, alone.add_events());
      message = Serialize(alone);
    }
    viewer->Add({*message, urgent ? begun_ + 1 : 0});
  }
  if (urgent) requested_ = begun_ + 1;
  return urgent;
}

bool Feed::needs_look() const {
  MutexLock lock(mu_);
  return requested_ > begun_;
}

uint64_t Feed::looks() const {
  MutexLock lock(mu_);
  return begun_;
}

void Feed::Look() {
  {
    MutexLock lock(mu_);
    ++begun_;
  }
  ++version_;
  const Moment moment = Moment::Now(reader_.registry()->clock());
  FreeRows();
  for (const BreakerView& view : reader_.Read(moment.at)) Update(view, moment);
  unused_.clear();
  for (const auto& [name, index] : indexes_) {
    Row& row = rows_[index];
    if (row.seen == version_) continue;
    unused_.push_back(index);
    if (!row.in_use) continue;
    row.in_use = false;
    row.changed = version_;
    row.message = grpc::Slice();
  }
}

void Feed::FreeRows() {
  MutexLock lock(mu_);
  for (const size_t index : unused_) {
    const auto knows = [&](const Viewer* it) { return it->Knows(index); };
    if (std::any_of(viewers_.begin(), viewers_.end(), knows)) continue;
    indexes_.erase(rows_[index].shown);
    rows_[index] = Row();
    free_.push_back(index);
  }
}

size_t Feed::MakeRow(const BreakerName& shown) {
  if (free_.empty()) {
    rows_.emplace_back().shown = shown;
    return rows_.size() - 1;
  }
  const size_t index = free_.back();
  free_.pop_back();
  rows_[index].shown = shown;
  MutexLock lock(mu_);
  for (Viewer* const viewer : viewers_) {
    if (index >= viewer->sent_.size()) continue;
    viewer->sent_[index] = {viewer->request_.matcher.MatchesName(shown), 0};
  }
  return index;
}

void Feed::Update(const BreakerView& view, const Moment& moment) {
  const auto found = indexes_.find(view.shown);
  const bool is_new = found == indexes_.end();
  const size_t index = is_new ? MakeRow(view.shown) : found->second;
  if (is_new) indexes_[view.shown] = index;
  Row& row = rows_[index];
  if (row.seen == version_) return;  // two names are shown alike
  row.seen = version_;

  v1::WatchBreakersResponse alone;
  v1::Breaker* const proto = alone.add_breakers();
  ToProto(view, moment, proto);
  std::string circuit = CircuitOf(view);
  std::string content = ContentOf(view, *proto);
  if (!is_new && circuit != row.circuit) row.urgent = urgent_ = version_;
  if (!row.in_use || content != row.content || row.urgent == version_) {
    row.changed = version_;
    row.message = Serialize(alone);
  }
  row.in_use = true;
  row.state = view.now.breaker.state;
  row.held = view.now.breaker.operator_mode.has_value();
  row.circuit = std::move(circuit);
  row.content = std::move(content);
}

std::vector<grpc::Slice> Feed::Next(bool due, Viewer* viewer) {
  const bool first = !viewer->started_;
  const bool all = first || due || viewer->more_;
  Response response;
  v1::WatchBreakersResponse rest;
  if (first) {
    MutexLock lock(mu_);
    if (version_ < viewer->first_) return {};
  }
  if (all || urgent_ > viewer->looked_) AddBreakers(all, viewer, &response);
  {
    MutexLock lock(mu_);
    if (!all && response.empty() && !viewer->HasUrgent(version_)) return {};
    while (viewer->HasReady(version_) &&
           response.Add(viewer->events_.front().message)) {
      viewer->events_.pop_front();
    }
    viewer->more_ = viewer->next_row_ != 0 || viewer->HasReady(version_);
    rest.set_missed_events(std::exchange(viewer->missed_, 0));
  }
  viewer->started_ = true;
  rest.set_snapshot(first);
  rest.set_more(viewer->more_);
  reader_.ToProto(rest.mutable_process());
  return std::move(response).Finish(rest);
}

void Feed::AddBreakers(bool all, Viewer* viewer, Response* response) const {
  std::vector<Viewer::Sent>& sent = viewer->sent_;
  while (sent.size() < rows_.size()) {
    const BreakerName& shown = rows_[sent.size()].shown;
    sent.push_back({viewer->request_.matcher.MatchesName(shown), 0});
  }
  if (viewer->next_row_ == 0) viewer->looked_ = version_;
  for (size_t i = std::exchange(viewer->next_row_, 0); i < rows_.size(); ++i) {
    if (!sent[i].name_matches) continue;
    if (!AddBreaker(rows_[i], all, viewer->request_, &sent[i].version,
                    response)) {
      viewer->next_row_ = i;
      return;
    }
  }
}

bool Feed::AddBreaker(const Row& row, bool all, const WatchRequest& request,
                      Version* sent, Response* response) {
  if (row.changed == *sent || (!all && row.urgent <= *sent)) return true;
  if (row.in_use && request.matcher.MatchesState(row.state, row.held)) {
    if (!response->Add(row.message)) return false;
    *sent = row.changed;
  } else if (*sent != 0) {
    v1::WatchBreakersResponse gone;
    ToProto(row.shown, gone.add_gone());
    if (!response->Add(Serialize(gone))) return false;
    *sent = 0;
  }
  return true;
}

Feed::Viewer::Viewer(Feed* feed, WatchRequest request)
    : feed_(*feed), request_(std::move(request)) {
  MutexLock lock(feed_.mu_);
  first_ = feed_.requested_ = feed_.begun_ + 1;
  feed_.viewers_.insert(this);
}

Feed::Viewer::~Viewer() {
  MutexLock lock(feed_.mu_);
  feed_.viewers_.erase(this);
}

bool Feed::Viewer::Wants(const BreakerName* shown) const {
  if (!request_.events) return false;
  return shown != nullptr ? request_.matcher.MatchesName(*shown)
                          : request_.matcher.matches_every_name();
}

void Feed::Viewer::Add(const Waiting& event) {
  events_.push_back(event);
  if (events_.size() > feed_.max_events_) {
    events_.pop_front();
    ++missed_;
  }
}

bool Feed::Viewer::HasReady(Version version) const {
  return !events_.empty() && events_.front().version <= version;
}

bool Feed::Viewer::HasUrgent(Version version) const {
  for (const Waiting& event : events_) {
    if (event.version > version) return false;
    if (event.version != 0) return true;
  }
  return false;
}

}  // namespace fusebox::internal
