// channel_link.h: lets a breaker observe its channel and make it reconnect.
//
// gRPC waits longer and longer between its attempts to connect. After an outage
// a probe would therefore fail although the server is back. Two rules prevent
// this:
//  * A rejection in the last second of OPEN *nudges* the channel: it resets the
//    connection backoff and asks the channel to connect.
//  * A call on a channel in TRANSIENT_FAILURE says nothing about the server. If
//    OPEN is over, or an operator has reset the circuit, and the channel is in
//    that state, it is nudged once more, and
//    calls are rejected with RECONNECTING until it leaves the state, for at
//    most a second. Then the next call is the probe.
//
// A channel is nudged at most once per second, however many breakers it has. It
// is never nudged in DRY_RUN, or while an operator holds the circuit open.
//
// If half_open.early_on_reconnect is set, the link also reports that the
// channel has become READY. An idle channel is then nudged at once, because
// rejected calls do not wake it.
//
// This file contains the rules. They use gRPC through ChannelAccess, so that
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
#include "fusebox/base/internal/export.h"
#include "fusebox/base/mutex.h"
#include "fusebox/core/connectivity.h"
#include "fusebox/core/permit.h"

namespace fusebox::internal {

// A call's channel and context. Both live as long as the call.
struct RpcChannel {
  grpc::ChannelInterface* channel = nullptr;
  grpc::ClientContext* context = nullptr;
};

// Observes and nudges channels. Thread-safe.
class ChannelAccess {
 public:
  virtual ~ChannelAccess() = default;

  // Returns SHUTDOWN for a channel that never has a connection (in-process).
  // Does not start a connection.
  virtual grpc_connectivity_state GetState(
      const RpcChannel& channel) noexcept = 0;

  // Returns what the RPC's context says of its peer: the channel's target until
  // the server has answered, then the address of the transport. Allocates.
  virtual std::string Peer(const RpcChannel& channel) = 0;

  // Resets the connection backoff and asks the channel to connect.
  virtual void Reconnect(const RpcChannel& channel) noexcept = 0;
};

// Remembers when the channels of one factory were nudged. There is one channel,
// or all of the process if the factory is registered globally. Thread-safe.
class FUSEBOX_EXPORT ChannelNudger {
 public:
  // The maximum number of channels that it remembers. A further channel takes
  // the place of the one with the oldest record.
  static constexpr size_t kMaxChannels = 1024;

  // If `nudges` is false, it only observes.
  ChannelNudger(std::unique_ptr<ChannelAccess> access, bool nudges)
      : access_(std::move(access)), nudges_(nudges) {}

  ChannelNudger(const ChannelNudger&) = delete;
  ChannelNudger& operator=(const ChannelNudger&) = delete;

  bool nudges() const { return nudges_; }
  grpc_connectivity_state GetState(const RpcChannel& channel) noexcept {
    return access_->GetState(channel);
  }
  std::string Peer(const RpcChannel& channel) { return access_->Peer(channel); }

  // Nudges the channel, unless it was nudged less than a second ago.
  void Nudge(const RpcChannel& channel, TimePoint now) FUSEBOX_EXCLUDES(mu_);

  // Records that the channel is not READY at `now`.
  void NoteUnready(const RpcChannel& channel, TimePoint now)
      FUSEBOX_EXCLUDES(mu_);
  TimePoint LastUnready(const RpcChannel& channel) FUSEBOX_EXCLUDES(mu_);

 private:
  // A new channel at the address of a destroyed one inherits its record. In the
  // worst case its first nudge is a second late.
  struct Record {
    std::atomic<TimePoint> nudged{TimePoint::min()};
    std::atomic<TimePoint> unready{TimePoint::min()};
  };

  // Calls `f` with the channel's record, and returns what it returns.
  template <typename F>
  auto With(const grpc::ChannelInterface* channel, F f) FUSEBOX_EXCLUDES(mu_);
  void ForgetOne() FUSEBOX_REQUIRES(mu_);

  const std::unique_ptr<ChannelAccess> access_;
  const bool nudges_;

  // The first channel, usually the only one. Found without the lock.
  std::atomic<const grpc::ChannelInterface*> first_channel_{nullptr};
  Record first_;

  // By the channel's address, which is never dereferenced.
  Mutex mu_;
  std::map<const grpc::ChannelInterface*, Record> others_
      FUSEBOX_GUARDED_BY(mu_);
};

// One RPC's view of its channel. Not thread-safe.
class FUSEBOX_EXPORT ChannelLink final : public Connectivity {
 public:
  // A link to no channel. It knows nothing.
  ChannelLink() = default;

  // `nudger` must outlive it.
  ChannelLink(ChannelNudger* nudger, const RpcChannel& channel)
      : nudger_(nudger), channel_(channel) {}

  // Returns ChannelAccess::Peer(), or nothing for a link of no channel.
  std::string peer() const {
    return nudger_ == nullptr ? "" : nudger_->Peer(channel_);
  }

  // Returns true if the channel is in TRANSIENT_FAILURE.
  bool IsDown() noexcept override;

  // Returns true if the channel is READY after a call found it not READY.
  bool HasComeBack(TimePoint since, TimePoint now) noexcept override;

  // Called if the call was rejected. Nudges the channel if it is time.
  void OnRejected(const Rejection& rejection, TimePoint now) noexcept;

 private:
  ChannelNudger* nudger_ = nullptr;
  RpcChannel channel_;
  bool idle_ = false;  // HasComeBack() found the channel idle
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_GRPC_INTERNAL_CHANNEL_LINK_H_
