#include "fusebox/grpc/internal/channel_link.h"

#include <grpc/grpc.h>
#include <grpcpp/support/client_interceptor.h>

#include <algorithm>
#include <atomic>

#include "fusebox/base/clock.h"
#include "fusebox/base/mutex.h"
#include "fusebox/core/connectivity.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/types.h"

namespace fusebox::internal {

template <typename F>
auto ChannelNudger::With(const grpc::ChannelInterface* channel, F f) {
  const grpc::ChannelInterface* first =
      first_channel_.load(std::memory_order_relaxed);
  if (first == channel ||
      (first == nullptr && first_channel_.compare_exchange_strong(
                               first, channel, std::memory_order_relaxed))) {
    return f(first_);
  }
  MutexLock lock(mu_);
  if (others_.count(channel) == 0 && others_.size() >= kMaxChannels - 1) {
    ForgetOne();
  }
  return f(others_[channel]);
}

void ChannelNudger::ForgetOne() {
  const auto last_heard = [](const Record& record) {
    return std::max(record.nudged.load(std::memory_order_relaxed),
                    record.unready.load(std::memory_order_relaxed));
  };
  others_.erase(std::min_element(
      others_.begin(), others_.end(), [&](const auto& a, const auto& b) {
        return last_heard(a.second) < last_heard(b.second);
      }));
}

void ChannelNudger::Nudge(const RpcChannel& channel, TimePoint now) {
  if (!nudges_) return;
  // If several calls come at the same moment, one of them nudges.
  const bool nudges = With(channel.channel, [&](Record& record) {
    TimePoint last = record.nudged.load(std::memory_order_relaxed);
    return now >= SaturatingAdd(last, kReconnectTime) &&
           record.nudged.compare_exchange_strong(last, now,
                                                 std::memory_order_relaxed);
  });
  if (nudges) access_->Reconnect(channel);
}

void ChannelNudger::NoteUnready(const RpcChannel& channel, TimePoint now) {
  With(channel.channel, [&](Record& record) {
    TimePoint last = record.unready.load(std::memory_order_relaxed);
    while (last < now && !record.unready.compare_exchange_weak(
                             last, now, std::memory_order_relaxed)) {
    }
  });
}

TimePoint ChannelNudger::LastUnready(const RpcChannel& channel) {
  return With(channel.channel, [](Record& record) {
    return record.unready.load(std::memory_order_relaxed);
  });
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
