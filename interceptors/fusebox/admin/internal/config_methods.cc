// config_methods.cc: carries out the calls that read and replace the config.

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/admin/internal/checks.h"
#include "fusebox/admin/internal/methods.h"
#include "fusebox/admin/internal/view.h"
#include "fusebox/base/internal/elapsed.h"
#include "fusebox/base/problem.h"
#include "fusebox/base/text.h"
#include "fusebox/config/config_parser.h"
#include "fusebox/config/config_proto.h"
#include "fusebox/policy/config.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/registry.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox::internal {
namespace {

// How many problems of a config are reported. The event log keeps them.
constexpr size_t kMaxProblems = 1000;

void Fill(const ConfigChange& change, v1::ConfigChange* proto) {
  proto->set_name(change.name);
  proto->set_field(change.field);
  proto->set_before(change.before);
  proto->set_after(change.after);
}

// Returns the names for which the config has policies, as CompareConfigs()
// spells them.
std::set<std::string> NamesOf(const Config& config) {
  std::set<std::string> names;
  for (const MethodPolicy& entry : config.method_policy) {
    for (const MethodName& name : entry.name) {
      if (!name.service.empty()) {
        names.insert("/" + name.service + "/" + name.method);
      }
    }
  }
  return names;
}

// Returns which of the names gives the breaker its policy, or "".
std::string NameFor(const BreakerName& breaker,
                    const std::set<std::string>& names) {
  std::string name = breaker.method;
  // A breaker of a whole service is named "shop.v1.Cart".
  if (!name.empty() && name.front() != '/') name = "/" + name + "/";
  if (names.count(name) != 0) return name;
  name = name.substr(0, name.rfind('/') + 1);
  return names.count(name) != 0 ? name : "";
}

// Adds the changes, each with the breakers in use to which it applies.
void AddChanges(const Config& before, const Config& after,
                const std::vector<Registry::BreakerInUse>& breakers,
                v1::UpdateConfigResponse* response) {
  const std::vector<ConfigChange> changes = CompareConfigs(before, after);
  if (changes.empty()) return;
  std::set<std::string> names = NamesOf(before);
  names.merge(NamesOf(after));
  for (const ConfigChange& change : changes) {
    v1::ConfigChange* const proto = response->add_changes();
    Fill(change, proto);
    for (const Registry::BreakerInUse& in_use : breakers) {
      if (NameFor(in_use.name, names) == change.name) {
        ToProto(Shown(in_use.name), proto->add_breakers());
      }
    }
  }
}

absl::Status ToStatusOfConfig(Problems problems, const absl::Status& status) {
  for (Problem& problem : problems) problem.path = "config." + problem.path;
  if (problems.size() > kMaxProblems) {
    const size_t more = problems.size() - kMaxProblems;
    problems.resize(kMaxProblems);
    problems.push_back({"config", std::to_string(more) + " more problems"});
  }
  return problems.empty() ? status : ToStatus(problems);
}

}  // namespace

absl::Status AdminMethods::Do(const v1::GetConfigRequest& request,
                              v1::GetConfigResponse* response) {
  ConfigInForce wanted = registry().config_in_force();
  if (request.generation() != 0 && request.generation() != wanted.generation) {
    const std::vector<ConfigInForce> kept = registry().config_history();
    const auto found =
        std::find_if(kept.begin(), kept.end(), [&](const ConfigInForce& one) {
          return one.generation == request.generation();
        });
    if (found == kept.end()) {
      return absl::NotFoundError(
          "generation: must be one that is kept, " +
          std::to_string(kept.front().generation) + " to " +
          std::to_string(kept.back().generation) + ", is " +
          std::to_string(request.generation()));
    }
    wanted = *found;
  }
  *response->mutable_config() = ConfigToProto(wanted.config);
  response->set_generation(wanted.generation);
  response->set_followed_file(Shown(registry().followed_file()));
  for (const UnusedName& unused : registry().unused_names()) {
    v1::UnusedName* const proto = response->add_unused_names();
    proto->set_name(unused.name);
    proto->set_nearest(Shown(unused.nearest));
  }
  response->set_calls(registry().calls());
  return absl::OkStatus();
}

absl::Status AdminMethods::Do(const v1::ListConfigsRequest&,
                              v1::ListConfigsResponse* response) {
  const Moment moment = Moment::Now(registry().clock());
  const std::vector<ConfigInForce> kept = registry().config_history();
  for (size_t i = 0; i < kept.size(); ++i) {
    v1::ConfigRecord* const record = response->add_configs();
    record->set_generation(kept[i].generation);
    ToProto(moment.WallOf(kept[i].at), record->mutable_time());
    ToProto(Elapsed(kept[i].at, moment.at), record->mutable_age());
    record->set_source(std::string(Name(kept[i].origin.kind)));
    record->set_author(Shown(kept[i].origin.name));
    if (i == 0) continue;
    for (const ConfigChange& change :
         CompareConfigs(kept[i - 1].config, kept[i].config)) {
      Fill(change, record->add_changes());
    }
    for (size_t j = i; j-- > 0;) {
      if (kept[j].config != kept[i].config) continue;
      record->set_same_as(kept[j].generation);
      break;
    }
  }
  response->set_followed_file(Shown(registry().followed_file()));
  return absl::OkStatus();
}

absl::StatusOr<Config> AdminMethods::Check(
    const v1::UpdateConfigRequest& request,
    v1::UpdateConfigResponse* response) {
  Problems problems;
  absl::StatusOr<Config> config = ConfigFromProto(request.config(), &problems);
  if (!config.ok()) {
    return ToStatusOfConfig(std::move(problems), config.status());
  }
  const ConfigInForce before = registry().config_in_force();
  if (before.generation != request.generation()) {
    return absl::AbortedError(
        "generation: must be that of the config in force, " +
        std::to_string(before.generation) + ", is " +
        std::to_string(request.generation()));
  }
  const std::string file = registry().followed_file();
  if (!file.empty() && !request.until_file_changes()) {
    return absl::FailedPreconditionError(
        "until_file_changes: must be true, because the process follows the "
        "file " +
        OneLine(file) + ", whose next change replaces this config");
  }
  response->set_generation(before.generation);
  response->set_unchanged(before.config == *config);
  AddChanges(before.config, *config, registry().BreakersInUse(), response);
  return config;
}

absl::Status AdminMethods::CheckConfig(const v1::UpdateConfigRequest& request,
                                       v1::UpdateConfigResponse* response) {
  return Check(request, response).status();
}

absl::Status AdminMethods::Do(const v1::UpdateConfigRequest& request,
                              const std::string& author,
                              v1::UpdateConfigResponse* response) {
  const ConfigOrigin origin = {ConfigOrigin::Kind::kOperator, author};
  const absl::StatusOr<Config> config = Check(request, response);
  if (absl::IsInvalidArgument(config.status())) {
    registry().ReportConfigError(config.status(), origin);
  }
  if (!config.ok()) return config.status();
  if (response->unchanged()) return absl::OkStatus();
  absl::Status status =
      registry().Update(*config, request.generation(), origin);
  if (status.ok()) response->set_generation(request.generation() + 1);
  return status;
}

}  // namespace fusebox::internal
