// targets.h: keeps the targets open that a test uses, as channels would.

#ifndef FUSEBOX_TESTS_REGISTRY_TARGETS_H_
#define FUSEBOX_TESTS_REGISTRY_TARGETS_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "fusebox/base/mutex.h"
#include "fusebox/registry/internal/binding.h"
#include "fusebox/registry/internal/target.h"
#include "fusebox/registry/registry.h"

namespace fusebox::internal {

// Keeps the registry alive, too. Thread-safe.
class Targets {
 public:
  explicit Targets(std::shared_ptr<Registry> registry)
      : registry_(std::move(registry)) {}

  // Opens the target if it is not open yet. Returns the method as a call meets
  // it, or null if its calls have no breaker. The result holds no pin, so a
  // method with a key may make room for another one.
  GuardedMethod* Find(std::string_view target, std::string_view method,
                      std::string_view key = {}) FUSEBOX_EXCLUDES(mu_) {
    return Open(target).Find(method, key).get();
  }

  // Closes a target, as its last channel would.
  void Close(std::string_view target) FUSEBOX_EXCLUDES(mu_) {
    MutexLock lock(mu_);
    open_.erase(std::string(target));
  }

 private:
  const OpenTarget& Open(std::string_view target) FUSEBOX_EXCLUDES(mu_) {
    MutexLock lock(mu_);
    auto& open = open_[std::string(target)];
    if (open == nullptr) {
      open = std::make_unique<const OpenTarget>(registry_->Open(target));
    }
    return *open;
  }

  const std::shared_ptr<Registry> registry_;
  Mutex mu_;
  std::map<std::string, std::unique_ptr<const OpenTarget>> open_
      FUSEBOX_GUARDED_BY(mu_);
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_TESTS_REGISTRY_TARGETS_H_
