// feed.h: answers the question "What has this viewer not seen yet?".
//
//   Feed feed(&reader, /*max_events=*/512);
//   Feed::Viewer viewer(&feed, request);
//   feed.Look();
//   Send(feed.Next(/*due=*/false, &viewer));  // the snapshot
//
// The feed keeps one serialized message per breaker, which all viewers share.
// Each look at the registry makes a new version, and each breaker has the
// version in which it last changed. A viewer is a cursor: it knows which
// version of each breaker it was sent, and where the next part of a long
// response begins. A viewer that reads slowly therefore costs sixteen bytes per
// breaker. It gets fewer and larger responses, with the latest state.
//
// An event is not replaced by the next one. It is serialized once, and waits
// for each viewer that wants it. If more than `max_events` wait for a viewer,
// the oldest is dropped, and the next response counts the dropped ones. Each
// viewer has its own queue of references to the shared messages, so that a
// viewer of one quiet breaker loses nothing while other breakers are busy.
//
// A breaker that only grows older has not changed: a viewer can count down by
// itself.
//
// A breaker that is no longer in use keeps its row until every viewer that
// knows it has been told. Then another breaker gets the row.

#ifndef FUSEBOX_ADMIN_INTERNAL_FEED_H_
#define FUSEBOX_ADMIN_INTERNAL_FEED_H_

#include <grpcpp/support/slice.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "fusebox/admin/internal/breaker_matcher.h"
#include "fusebox/admin/internal/breaker_reader.h"
#include "fusebox/admin/internal/view.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/mutex.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/event.h"

namespace fusebox::internal {

// What a viewer asked for.
struct WatchRequest {
  BreakerMatcher matcher;
  Duration interval{0};
  bool events = false;
};

// Look() and Next() must be called by one thread at a time. Everything else,
// including the making and the end of viewers, is thread-safe.
class Feed {
 public:
  // Counts the looks at the registry. 0 is before the first one.
  using Version = uint64_t;

  // By default, a client accepts responses of at most 4 MB.
  static constexpr size_t kMaxResponseBytes = 1 << 20;

  class Viewer;

  // `reader` must outlive the feed.
  Feed(BreakerReader* reader, size_t max_events)
      : reader_(*reader), max_events_(max_events) {}

  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  // Hands the event to the viewers that want it. Returns true if the event
  // changed something that the viewers must see at once. They get such an event
  // after the next look, together with the state that it led to.
  bool OnEvent(const Event& event) FUSEBOX_EXCLUDES(mu_);

  // Whether a viewer or an event waits for a look.
  bool needs_look() const FUSEBOX_EXCLUDES(mu_);

  // Reads all breakers and finds out which of them have changed.
  void Look() FUSEBOX_EXCLUDES(mu_);

  // How many breakers it has room for without asking for more. Must not run
  // while a look does.
  size_t places() const { return rows_.size(); }

  // How many looks have begun.
  uint64_t looks() const FUSEBOX_EXCLUDES(mu_);

  // Returns what the viewer has not seen yet as the slices of one
  // WatchBreakersResponse, and moves the viewer forward. Returns no slices if
  // there is nothing to send. The first response is the snapshot, after a look
  // that is newer than the viewer. After that, urgent changes are returned at
  // once, and all changes if the viewer's interval is over (`due`) or if the
  // last response was a part of a longer one.
  std::vector<grpc::Slice> Next(bool due, Viewer* viewer) FUSEBOX_EXCLUDES(mu_);

 private:
  class Response;

  // The latest state of one breaker.
  struct Row {
    BreakerName shown;
    bool in_use = false;
    State state = State::kClosed;
    bool held = false;  // in a mode that an operator has set

    Version seen = 0;     // the last look that found the breaker in use
    Version changed = 0;  // the last look that found a change
    Version urgent = 0;   // the last look that found another state or mode

    // The state and the mode. A change of them is sent to the viewers at once.
    std::string circuit;

    // Everything else, without the ages.
    std::string content;

    // A WatchBreakersResponse with this breaker alone.
    grpc::Slice message;
  };

  void Update(const BreakerView& view, const Moment& moment);

  // Returns the index of a row for a breaker that has none: a free one or a new
  // one.
  size_t MakeRow(const BreakerName& shown) FUSEBOX_EXCLUDES(mu_);

  // Frees the rows of breakers that are not in use and that no viewer knows.
  void FreeRows() FUSEBOX_EXCLUDES(mu_);

  // Adds what has changed, or only what is urgent. Where there is no room for
  // the rest, the next call continues there.
  void AddBreakers(bool all, Viewer* viewer, Response* response) const;

  // Adds the breaker if it is news for a viewer that was `sent` that version.
  // Returns false if there is no room.
  static bool AddBreaker(const Row& row, bool all, const WatchRequest& request,
                         Version* sent, Response* response);

  BreakerReader& reader_;
  const size_t max_events_;

  // Used by Look() and Next() only. A breaker keeps its index.
  std::deque<Row> rows_;
  std::map<BreakerName, size_t> indexes_;
  std::vector<size_t> unused_;  // rows whose breakers are not in use
  std::vector<size_t> free_;    // rows without a breaker
  Version version_ = 0;         // of the last look that has ended
  Version urgent_ = 0;          // the newest version in which a row was urgent

  mutable Mutex mu_;
  std::set<Viewer*> viewers_ FUSEBOX_GUARDED_BY(mu_);
  Version begun_ FUSEBOX_GUARDED_BY(mu_) = 0;
  Version requested_ FUSEBOX_GUARDED_BY(mu_) = 0;
};

// What one viewer was sent. It may begin and end at any time.
class Feed::Viewer {
 public:
  Viewer(Feed* feed, WatchRequest request);
  ~Viewer();

  Viewer(const Viewer&) = delete;
  Viewer& operator=(const Viewer&) = delete;

  const WatchRequest& request() const { return request_; }

 private:
  friend class Feed;

  struct Sent {
    bool name_matches;
    Version version;  // 0: the viewer does not know the breaker
  };
  struct Waiting {
    grpc::Slice message;
    Version version;  // of the look that it waits for; 0: nothing changed
  };

  bool Knows(size_t row) const {
    return row < sent_.size() && sent_[row].version != 0;
  }
  bool Wants(const BreakerName* shown) const;
  void Add(const Waiting& event);

  // Whether events are ready after the look `version`, and whether one of them
  // changed something.
  bool HasReady(Version version) const;
  bool HasUrgent(Version version) const;

  Feed& feed_;
  const WatchRequest request_;

  // Used by Next() only.
  bool started_ = false;    // has had the snapshot
  bool more_ = false;       // its last response was not the last part
  Version looked_ = 0;      // when it last began at the first row
  size_t next_row_ = 0;     // where it continues
  std::vector<Sent> sent_;  // by the index of the row

  // Guarded by the feed's mutex.
  Version first_ = 0;  // the snapshot must not be older
  std::deque<Waiting> events_;
  uint64_t missed_ = 0;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_FEED_H_
