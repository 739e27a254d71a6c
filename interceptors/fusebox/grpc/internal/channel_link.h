// channel_link.h: what an RPC's breaker knows of its channel, and asks of it.
//
// gRPC waits longer and longer between its attempts to connect, so that after
// an outage a probe would fail although the server is back. Therefore a
// rejection in the last second of OPEN *nudges* the channel: its connection
// backoff is reset and it is asked to connect. And a call on a channel in
// TRANSIENT_FAILURE fails without touching the wire, which says nothing about
// the server. So where OPEN is over and the channel is in that state, it is
// nudged once more, and calls are rejected with RECONNECTING until it is not,
// for a second at most; then the next call is the probe. A server that returns
// before OPEN is over is so found within that second, not an opening later.
//
// A channel is nudged at most once a second, whatever breakers it has; never in
// DRY_RUN, nor where an operator holds the circuit open.
//
// Where half_open.early_on_reconnect is set, the same link tells when the
// channel has turned READY. Then an idle channel is nudged at once, for
// rejected calls do not wake it.
//
// Here are the rules; what they ask of gRPC is behind ChannelAccess, so that
// tests need no channels.

#ifndef FUSEBOX_GRPC_INTERNAL_CHANNEL_LINK_H_
#define FUSEBOX_GRPC_INTERNAL_CHANNEL_LINK_H_

#include <grpc/grpc.h>
#include <grpcpp/support/client_interceptor.h>

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "fusebox/base/clock.h"
#include "fusebox/base/mutex.h"
#include "fusebox/core/connectivity.h"
#include "fusebox/core/permit.h"

namespace fusebox::internal {

// An RPC's channel. Both live as long as the RPC.
struct RpcChannel {
  grpc::ChannelInterface* channel = nullptr;
  grpc::ClientContext* context = nullptr;
};

// What is asked of channels. Thread-safe.
class ChannelAccess {
 public:
  virtual ~ChannelAccess() = default;

  // SHUTDOWN for a channel that has no connection (in-process). Makes none.
  virtual grpc_connectivity_state GetState(
      const RpcChannel& channel) noexcept = 0;

  // Returns what the RPC's context says of its peer: the channel's target until
  // the server has answered, then the address of the transport. Allocates.
  virtual std::string Peer(const RpcChannel& channel) = 0;

  // Resets the connection backoff and asks it to connect.
  virtual void Reconnect(const RpcChannel& channel) noexcept = 0;
};

// What is remembered of the channels of one factory: one, or all of the process
// if it is registered globally. Thread-safe.
class ChannelNudger {
 public:
  // Channels beyond so many are not nudged.
  static constexpr size_t kMaxChannels = 1024;

  // Without `nudges` it only watches.
  ChannelNudger(std::unique_ptr<ChannelAccess> access, bool nudges)
      : access_(std::move(access)), nudges_(nudges) {}

  ChannelNudger(const ChannelNudger&) = delete;
  ChannelNudger& operator=(const ChannelNudger&) = delete;

  bool nudges() const { return nudges_; }
  grpc_connectivity_state GetState(const RpcChannel& channel) noexcept {
    return access_->GetState(channel);
  }
  std::string Peer(const RpcChannel& channel) { return access_->Peer(channel); }

  // Nudges the channel, unless that was done less than a second ago.
  void Nudge(const RpcChannel& channel, TimePoint now) FUSEBOX_EXCLUDES(mu_);

  // Notes that the channel was not READY at `now`; when it last was not.
  void NoteUnready(const RpcChannel& channel, TimePoint now)
      FUSEBOX_EXCLUDES(mu_);
  TimePoint LastUnready(const RpcChannel& channel) FUSEBOX_EXCLUDES(mu_);

 private:
  // Never removed; that of a channel which is gone passes on to the next one
  // at its address. By then it says no more than that a nudge may be a second
  // late.
  struct Record {
    std::atomic<TimePoint> nudged{TimePoint::min()};
    std::atomic<TimePoint> unready{TimePoint::min()};
  };

  // Null if there are too many.
  Record* Find(const grpc::ChannelInterface* channel) FUSEBOX_EXCLUDES(mu_);

  const std::unique_ptr<ChannelAccess> access_;
  const bool nudges_;

  // Of the first channel, which mostly is the only one: without the lock.
  std::atomic<const grpc::ChannelInterface*> first_channel_{nullptr};
  Record first_;

  // By address, which is never followed.
  Mutex mu_;
  std::map<const grpc::ChannelInterface*, Record> others_
      FUSEBOX_GUARDED_BY(mu_);
};

// One RPC's view of its channel. Not thread-safe.
class ChannelLink final : public Connectivity {
 public:
  // Of no channel: nothing is known.
  ChannelLink() = default;

  // `nudger` must outlive it.
  ChannelLink(ChannelNudger* nudger, const RpcChannel& channel)
      : nudger_(nudger), channel_(channel) {}

  // Returns ChannelAccess::Peer(), or nothing for a link of no channel.
  std::string peer() const {
    return nudger_ == nullptr ? "" : nudger_->Peer(channel_);
  }

  // Whether the channel is in TRANSIENT_FAILURE.
  bool IsDown() noexcept override;

  // Whether the channel is READY, after an RPC found it not READY.
  bool HasComeBack(TimePoint since, TimePoint now) noexcept override;

  // The RPC was rejected: nudges the channel if it is time.
  void OnRejected(const Rejection& rejection, TimePoint now) noexcept;

 private:
  ChannelNudger* nudger_ = nullptr;
  RpcChannel channel_;
  bool idle_ = false;  // HasComeBack() saw it
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_GRPC_INTERNAL_CHANNEL_LINK_H_
