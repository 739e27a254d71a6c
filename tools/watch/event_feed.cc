#include "tools/watch/event_feed.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/base/text.h"
#include "tools/admin/connection.h"

namespace fusebox::tool {

std::vector<std::string> EventFeed::News::Notes() const {
  std::vector<std::string> notes;
  if (restarted) notes.emplace_back("the process was restarted");
  if (!status.ok()) {
    notes.push_back("cannot read earlier events: " + StatusText(status));
  }
  if (missed > 0) notes.push_back(Count(missed, "event") + " missed");
  return notes;
}

EventFeed::EventFeed(const v1::BreakerFilter& filter, uint64_t after,
                     uint32_t limit, List list)
    : filter_(filter),
      all_(filter.ByteSizeLong() == 0),
      limit_(limit),
      list_(std::move(list)),
      last_(after) {}

EventFeed::News EventFeed::Take(const v1::WatchBreakersResponse& response) {
  News news;
  const bool first = !begun_;
  if (begun_ && response.process().incarnation() != incarnation_) {
    news.restarted = true;
    last_ = 0;
    reported_ahead_ = 0;
  }
  begun_ = true;
  incarnation_ = response.process().incarnation();

  std::map<uint64_t, v1::Event> events;
  for (const v1::Event& event : response.events()) {
    if (event.sequence() > last_) events.emplace(event.sequence(), event);
  }
  news.missed = response.missed_events();
  const uint32_t limit = first ? limit_ : kMaxListedEvents;
  if (response.snapshot() || news.missed > 0) {
    v1::ListEventsRequest request;
    request.mutable_filter()->set_target(filter_.target());
    request.mutable_filter()->set_method(filter_.method());
    request.mutable_filter()->set_key(filter_.key());
    request.set_after_sequence(last_);
    request.set_limit(limit);
    v1::ListEventsResponse kept;
    news.status = list_(request, &kept);
    for (const v1::Event& event : kept.events()) {
      if (event.sequence() <= last_) continue;
      const bool added = events.emplace(event.sequence(), event).second;
      if (added && !response.snapshot() && news.missed > 0) --news.missed;
    }
  }
  uint64_t holes = 0;
  for (auto& [sequence, event] : events) {
    holes += sequence - last_ - 1;
    last_ = sequence;
    news.events.push_back(std::move(event));
  }
  // With a filter, a number may be missing because its event does not match.
  if (all_ && !first) CountHoles(holes, &news);
  return news;
}

void EventFeed::CountHoles(uint64_t holes, News* news) {
  holes -= std::min(holes, reported_ahead_);
  if (!news->events.empty()) reported_ahead_ = 0;
  if (news->missed > holes) reported_ahead_ += news->missed - holes;
  news->missed = std::max(news->missed, holes);
}

}  // namespace fusebox::tool
