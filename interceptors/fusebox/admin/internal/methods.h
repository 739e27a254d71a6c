// methods.h: carries out the admin service's unary calls.
//
// proto/fusebox/v1/admin.proto documents the calls and their errors. The caller
// is authorized, and the request has no problem that checks.h finds.

#ifndef FUSEBOX_ADMIN_INTERNAL_METHODS_H_
#define FUSEBOX_ADMIN_INTERNAL_METHODS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/admin/internal/breaker_matcher.h"
#include "fusebox/admin/internal/breaker_reader.h"
#include "fusebox/log/event_log.h"
#include "fusebox/policy/config.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/registry.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox::internal {

// Thread-safe.
class AdminMethods {
 public:
  // `reader` and `event_log` must outlive this.
  AdminMethods(BreakerReader* reader, const EventLog* event_log);

  absl::Status Do(const v1::ListBreakersRequest& request,
                  v1::ListBreakersResponse* response);
  absl::Status Do(const v1::GetBreakerRequest& request,
                  v1::GetBreakerResponse* response);
  absl::Status Do(const v1::ListEventsRequest& request,
                  v1::ListEventsResponse* response);
  absl::Status Do(const v1::GetConfigRequest& request,
                  v1::GetConfigResponse* response);
  absl::Status Do(const v1::ListConfigsRequest& request,
                  v1::ListConfigsResponse* response);

  // What changes something takes the name of the caller, which may be empty.
  absl::Status Do(const v1::SetModeRequest& request, const std::string& author,
                  v1::SetModeResponse* response);
  absl::Status Do(const v1::ResetBreakersRequest& request,
                  const std::string& author,
                  v1::ResetBreakersResponse* response);
  absl::Status Do(const v1::UpdateConfigRequest& request,
                  const std::string& author,
                  v1::UpdateConfigResponse* response);
  absl::Status CheckConfig(const v1::UpdateConfigRequest& request,
                           v1::UpdateConfigResponse* response);

 private:
  // Returns the breakers that match, or NOT_FOUND if none does.
  absl::StatusOr<std::vector<Registry::BreakerInUse>> Find(
      const v1::BreakerFilter& filter) const;

  // Adds the breakers to the response as they are now.
  template <typename Response>
  void Show(const std::vector<Registry::BreakerInUse>& breakers,
            Response* response);

  // Returns the config if it can be put into force, and says what it changes.
  absl::StatusOr<Config> Check(const v1::UpdateConfigRequest& request,
                               v1::UpdateConfigResponse* response);

  Registry& registry() const { return *reader_.registry(); }

  BreakerReader& reader_;
  const EventLog& event_log_;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_METHODS_H_
