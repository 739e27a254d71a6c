#include "fusebox/registry/subscription.h"

#include <cstdint>
#include <memory>
#include <utility>

#include "fusebox/registry/internal/dispatcher.h"

namespace fusebox {

Subscription::Subscription(std::weak_ptr<internal::Dispatcher> dispatcher,
                           uint64_t number)
    : dispatcher_(std::move(dispatcher)), number_(number) {}

Subscription::Subscription(Subscription&& other) noexcept
    : dispatcher_(std::move(other.dispatcher_)), number_(other.number_) {}

Subscription& Subscription::operator=(Subscription&& other) noexcept {
  if (this == &other) return *this;
  Reset();
  dispatcher_ = std::move(other.dispatcher_);
  number_ = other.number_;
  return *this;
}

void Subscription::Reset() noexcept {
  const auto dispatcher = std::exchange(dispatcher_, {}).lock();
  if (dispatcher != nullptr) dispatcher->RemoveListener(number_);
}

}  // namespace fusebox
