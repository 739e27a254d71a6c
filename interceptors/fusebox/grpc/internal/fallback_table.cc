#include "fusebox/grpc/internal/fallback_table.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/client_interceptor.h>

#include <atomic>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "fusebox/base/internal/no_throw.h"
#include "fusebox/base/mutex.h"
#include "fusebox/core/permit.h"
#include "fusebox/grpc/internal/call_fallback.h"
#include "fusebox/grpc/internal/typed_message.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/grpc/stale_cache.h"

namespace fusebox::internal {
namespace {

// The fallbacks of a call whose method has a cache, a handler or both.
class MethodsFallback final : public CallFallback {
 public:
  MethodsFallback(const FallbackTable::Method& method,
                  const StaleCacheBase::Call& call)
      : method_(method), call_(call) {}

  void Pass(Batch* batch) noexcept override {
    if (method_.cache == nullptr) return;
    NoThrow([&] { key_ = method_.cache->KeyOf(batch, call_); });
  }

  void Take(const void* response) noexcept override {
    if (!key_) return;
    NoThrow([&] { bytes_ = method_.cache->BytesOf(response, call_); });
  }

  void Keep() noexcept override {
    if (!bytes_) return;
    NoThrow([&] { method_.cache->Keep(*std::move(key_), *std::move(bytes_)); });
  }

  std::optional<FallbackKind> Answer(
      Batch* batch, const Rejection& rejection) noexcept override {
    if (method_.cache != nullptr) {
      NoThrow([&] {
        const auto key = method_.cache->KeyOf(batch, call_);
        if (key) reply_ = method_.cache->Find(*key);
      });
      if (reply_ != nullptr) return FallbackKind::kStale;
    }
    if (method_.handler != nullptr) {
      NoThrow([&] { reply_ = method_.handler->Answer(batch, rejection); });
      if (reply_ != nullptr) return FallbackKind::kHandler;
    }
    return std::nullopt;
  }

  bool Deliver(void* response) noexcept override {
    return NoThrow([&] { reply_->MoveTo(response); });
  }

 private:
  const FallbackTable::Method& method_;
  const StaleCacheBase::Call call_;
  std::optional<std::string> key_;    // of the response to keep
  std::optional<std::string> bytes_;  // of the response that was taken
  std::unique_ptr<Reply> reply_;
};

}  // namespace

std::unique_ptr<CallFallback> FallbackTable::ForCall(
    grpc::experimental::ClientRpcInfo* info, const std::string& key) const {
  using Type = grpc::experimental::ClientRpcInfo::Type;
  if (info->type() != Type::UNARY) return nullptr;
  const std::string_view name = info->method();
  const auto method = methods_.find(name);
  if (method == methods_.end()) return nullptr;
  const uint64_t channel =
      method->second.cache == nullptr ? 0 : NumberOf(info->channel());
  return std::make_unique<MethodsFallback>(
      method->second, StaleCacheBase::Call{*info->client_context(), channel,
                                           method->first, key});
}

uint64_t FallbackTable::NumberOf(grpc::ChannelInterface* channel) const {
  static std::atomic<uint64_t> numbers{0};
  MutexLock lock(mu_);
  const auto known = channels_.find(channel);
  if (known != channels_.end() && !known->second.alive.expired()) {
    return known->second.number;
  }
  // Other channels may have been destroyed as well.
  for (auto at = channels_.begin(); at != channels_.end();) {
    at = at->second.alive.expired() ? channels_.erase(at) : std::next(at);
  }
  const uint64_t number = numbers.fetch_add(1, std::memory_order_relaxed);
  channels_[channel] = {static_cast<grpc::Channel*>(channel)->weak_from_this(),
                        number};
  return number;
}

}  // namespace fusebox::internal
