#include "fusebox/grpc/internal/channel_link.h"

#include <grpc/grpc.h>
#include <grpcpp/support/client_interceptor.h>

#include <atomic>

#include "fusebox/base/clock.h"
#include "fusebox/base/mutex.h"
#include "fusebox/core/connectivity.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/types.h"

namespace fusebox::internal {

ChannelNudger::Record* ChannelNudger::Find(
    const grpc::ChannelInterface* channel) {
  const grpc::ChannelInterface* first =
      first_channel_.load(std::memory_order_relaxed);
  if (first == nullptr && first_channel_.compare_exchange_strong(
                              first, channel, std::memory_order_relaxed)) {
    return &first_;
  }
  if (first == channel) return &first_;
  MutexLock lock(mu_);
  const auto found = others_.find(channel);
  if (found != others_.end()) return &found->second;
  if (others_.size() >= kMaxChannels - 1) return nullptr;
  return &others_[channel];
}

void ChannelNudger::Nudge(const RpcChannel& channel, TimePoint now) {
  if (!nudges_) return;
  Record* const record = Find(channel.channel);
  if (record == nullptr) return;
  TimePoint last = record->nudged.load(std::memory_order_relaxed);
  // If several calls come at the same moment, one of them nudges.
  if (now >= SaturatingAdd(last, kReconnectTime) &&
      record->nudged.compare_exchange_strong(last, now,
                                             std::memory_order_relaxed)) {
    access_->Reconnect(channel);
  }
}

void ChannelNudger::NoteUnready(const RpcChannel& channel, TimePoint now) {
  Record* const record = Find(channel.channel);
  if (record == nullptr) return;
  TimePoint last = record->unready.load(std::memory_order_relaxed);
  while (last < now && !record->unready.compare_exchange_weak(
                           last, now, std::memory_order_relaxed)) {
  }
}

TimePoint ChannelNudger::LastUnready(const RpcChannel& channel) {
  Record* const record = Find(channel.channel);
  return record == nullptr ? TimePoint::min()
                           : record->unready.load(std::memory_order_relaxed);
}

bool ChannelLink::IsDown() noexcept {
  return nudger_ != nullptr && nudger_->nudges() &&
         nudger_->GetState(channel_) == GRPC_CHANNEL_TRANSIENT_FAILURE;
}

bool ChannelLink::HasComeBack(TimePoint since, TimePoint now) noexcept {
  if (nudger_ == nullptr) return false;
  const grpc_connectivity_state state = nudger_->GetState(channel_);
  if (state == GRPC_CHANNEL_READY) {
    return nudger_->LastUnready(channel_) >= since;
  }
  if (state != GRPC_CHANNEL_SHUTDOWN) nudger_->NoteUnready(channel_, now);
  idle_ = state == GRPC_CHANNEL_IDLE;
  return false;
}

void ChannelLink::OnRejected(const Rejection& rejection,
                             TimePoint now) noexcept {
  if (nudger_ == nullptr) return;
  const bool last_second = rejection.reason == RejectionReason::kOpen &&
                           rejection.retry_after &&
                           *rejection.retry_after <= kReconnectTime;
  if (last_second || idle_ ||
      rejection.reason == RejectionReason::kReconnecting) {
    nudger_->Nudge(channel_, now);
  }
}

}  // namespace fusebox::internal
