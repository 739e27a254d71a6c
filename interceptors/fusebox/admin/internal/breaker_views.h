// breaker_views.h: where the admin service gets what it shows from.

#ifndef FUSEBOX_ADMIN_INTERNAL_BREAKER_VIEWS_H_
#define FUSEBOX_ADMIN_INTERNAL_BREAKER_VIEWS_H_

#include <memory>
#include <string>
#include <vector>

#include "fusebox/admin/internal/breaker_notes.h"
#include "fusebox/admin/internal/mode_limits.h"
#include "fusebox/admin/internal/view.h"
#include "fusebox/base/clock.h"
#include "fusebox/registry/registry.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox::internal {

// Thread-safe.
class BreakerViews {
 public:
  // REQUIRES: `registry` is not null.
  BreakerViews(std::shared_ptr<Registry> registry,
               const std::string& process_name, bool read_only);

  // Returns the breakers in use as they are at `now`, sorted by name.
  std::vector<BreakerView> Read(TimePoint now);

  void ToProto(v1::Process* process) const;

  const std::shared_ptr<Registry>& registry() const { return registry_; }
  ModeLimits& limits() { return limits_; }

 private:
  const std::shared_ptr<Registry> registry_;
  const std::string process_name_;
  const bool read_only_;
  ModeLimits limits_;
  const BreakerNotes notes_;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_BREAKER_VIEWS_H_
