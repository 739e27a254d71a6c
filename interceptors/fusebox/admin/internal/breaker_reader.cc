#include "fusebox/admin/internal/breaker_reader.h"

#include <unistd.h>

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fusebox/admin/internal/mode_limits.h"
#include "fusebox/admin/internal/view.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/mutex.h"
#include "fusebox/core/breaker.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/registry.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox::internal {
namespace {

// Names this run of the process. It is another one after a restart or a fork.
std::string Incarnation() {
  static const uint64_t random = [] {
    std::random_device device;
    return (uint64_t{device()} << 32) | device();
  }();
  return absl::StrCat(absl::Hex(random, absl::kZeroPad16), "-", getpid());
}

}  // namespace

BreakerReader::BreakerReader(std::shared_ptr<Registry> registry,
                             const std::string& process_name, bool read_only)
    : registry_(std::move(registry)),
      process_name_(Shown(process_name)),
      read_only_(read_only),
      limits_(registry_) {}

void BreakerReader::OnEvent(const Event& event) {
  if (event.breaker == nullptr) return;
  MutexLock lock(mu_);
  if (event.type == EventType::kRetired) {
    last_events_.erase(*event.breaker);
    return;
  }
  last_events_[*event.breaker] = event.sequence;
}

std::vector<BreakerView> BreakerReader::Read(TimePoint now) {
  const std::map<BreakerName, ModeLimits::Hold> holds = limits_.Read();
  // They are copied first, so that no event is newer than its breaker.
  const std::map<BreakerName, uint64_t> last_events = [this] {
    MutexLock lock(mu_);
    return last_events_;
  }();
  std::vector<BreakerView> views;
  for (MethodSnapshot& snapshot : registry_->TakeSnapshot(now)) {
    BreakerView view;
    view.now = std::move(snapshot);
    const BreakerName& name = view.now.name;
    view.shown = Shown(name);
    const Snapshot& breaker = view.now.breaker;
    const auto hold = holds.find(name);
    if (hold != holds.end() &&
        hold->second.setting == breaker.operator_settings) {
      view.hold = hold->second;
    }
    if (const auto last = last_events.find(name); last != last_events.end()) {
      view.last_event = last->second;
    }
    views.push_back(std::move(view));
  }
  return views;
}

void BreakerReader::ToProto(v1::Process* process) const {
  process->set_name(process_name_);
  process->set_incarnation(Incarnation());
  process->set_pid(getpid());
  process->set_config_generation(registry_->config_generation());
  process->set_read_only(read_only_);
  internal::ToProto(registry_->clock().WallNow(), process->mutable_time());
  process->set_config_errors(registry_->config_errors());
  process->set_dropped_events(registry_->dropped_events());
}

}  // namespace fusebox::internal
