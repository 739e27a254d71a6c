// breaker_reader.h: reads the breakers of a registry as clients see them.
//
// The registry knows the state of each breaker. The reader adds what only the
// admin service knows: when an operator's mode ends, and which event of the
// breaker is the newest.

#ifndef FUSEBOX_ADMIN_INTERNAL_BREAKER_READER_H_
#define FUSEBOX_ADMIN_INTERNAL_BREAKER_READER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fusebox/admin/internal/mode_limits.h"
#include "fusebox/admin/internal/view.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/mutex.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/registry.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox::internal {

// Thread-safe.
class BreakerReader {
 public:
  // REQUIRES: `registry` is not null.
  BreakerReader(std::shared_ptr<Registry> registry,
                const std::string& process_name, bool read_only);

  // Notes that the event is the newest one of its breaker.
  void OnEvent(const Event& event) FUSEBOX_EXCLUDES(mu_);

  // Returns the breakers in use as they are at `now`, sorted by name.
  std::vector<BreakerView> Read(TimePoint now) FUSEBOX_EXCLUDES(mu_);

  // Describes the process that answers.
  void ToProto(v1::Process* process) const;

  const std::shared_ptr<Registry>& registry() const { return registry_; }
  ModeLimits& limits() { return limits_; }

 private:
  const std::shared_ptr<Registry> registry_;
  const std::string process_name_;
  const bool read_only_;
  ModeLimits limits_;

  Mutex mu_;
  // The sequence number of each breaker's newest event.
  std::map<BreakerName, uint64_t> last_events_ FUSEBOX_GUARDED_BY(mu_);
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_BREAKER_READER_H_
