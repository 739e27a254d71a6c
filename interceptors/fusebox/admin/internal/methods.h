// methods.h: carries out the admin service's unary calls.
//
// proto/fusebox/v1/admin.proto documents the calls and their errors. The caller
// is authorized, and the request has no problem that checks.h finds.

#ifndef FUSEBOX_ADMIN_INTERNAL_METHODS_H_
#define FUSEBOX_ADMIN_INTERNAL_METHODS_H_

#include <functional>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/admin/internal/breaker_matcher.h"
#include "fusebox/admin/internal/breaker_reader.h"
#include "fusebox/log/event_log.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/registry.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox::internal {

// Thread-safe.
class AdminMethods {
 public:
  // Calls `mode_set` after a mode was set, because no event tells of a mode
  // that was in force already. `reader` and `event_log` must outlive this.
  AdminMethods(BreakerReader* reader, const EventLog* event_log,
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
  // Returns the breakers that match, or NOT_FOUND if none does.
  absl::StatusOr<std::vector<Registry::BreakerInUse>> Find(
      const v1::BreakerFilter& filter) const;

  // Adds the breakers to the response as they are now.
  template <typename Response>
  void Show(const std::vector<Registry::BreakerInUse>& breakers,
            Response* response);

  Registry& registry() const { return *reader_.registry(); }

  BreakerReader& reader_;
  const EventLog& event_log_;
  const std::function<void()> mode_set_;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_METHODS_H_
