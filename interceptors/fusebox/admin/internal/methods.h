// methods.h: what the admin service's unary calls do.
//
// The request has been checked (admin_checks.h), and who calls may. Errors are
// those of proto/fusebox/v1/admin.proto.

#ifndef FUSEBOX_ADMIN_INTERNAL_METHODS_H_
#define FUSEBOX_ADMIN_INTERNAL_METHODS_H_

#include <functional>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/admin/internal/breaker_matcher.h"
#include "fusebox/admin/internal/breaker_views.h"
#include "fusebox/log/event_log.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/registry.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox::internal {

// Thread-safe.
class AdminMethods {
 public:
  // `mode_set` is called after a mode was set, which may be in force already:
  // then no event tells.
  AdminMethods(std::shared_ptr<BreakerViews> views,
               const EventLog::Options& event_log,
               std::function<void()> mode_set);

  absl::Status Do(const v1::ListBreakersRequest& request,
                  v1::ListBreakersResponse* response);
  absl::Status Do(const v1::GetBreakerRequest& request,
                  v1::GetBreakerResponse* response);
  absl::Status Do(const v1::ListEventsRequest& request,
                  v1::ListEventsResponse* response);
  absl::Status Do(const v1::SetModeRequest& request,
                  v1::SetModeResponse* response);
  absl::Status Do(const v1::ResetBreakersRequest& request,
                  v1::ResetBreakersResponse* response);
  absl::Status Do(const v1::GetConfigRequest& request,
                  v1::GetConfigResponse* response);
  absl::Status Do(const v1::UpdateConfigRequest& request,
                  v1::UpdateConfigResponse* response);

 private:
  // Those that match; NOT_FOUND if none does.
  absl::StatusOr<std::vector<Registry::BreakerInUse>> Find(
      const v1::BreakerFilter& filter) const;

  // The breakers of those names as they are now.
  template <typename Response>
  void Show(const std::vector<Registry::BreakerInUse>& breakers,
            Response* response);

  Registry& registry() const { return *views_->registry(); }

  const std::shared_ptr<BreakerViews> views_;
  const EventLog event_log_;
  const std::function<void()> mode_set_;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_METHODS_H_
