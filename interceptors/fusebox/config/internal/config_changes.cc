// config_changes.cc: compares two configs.

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fusebox/config/config_parser.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"
#include "fusebox/policy/policy_table.h"

namespace fusebox {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(const Policy& policy) {
  Config config;
  config.default_policy = policy;
  return Json::parse(ConfigToJson(config)).at("defaultPolicy");
}

std::string ValueText(const Json& value) {
  if (value.is_null() || (value.is_object() && value.empty())) return "off";
  if (value.is_string()) return value.get<std::string>();
  return value.dump();
}

// Returns the field, or null if the object has none.
Json FieldOf(const Json& object, const std::string& name) {
  const auto found = object.find(name);
  return found == object.end() ? Json() : *found;
}

bool IsFilled(const Json& value) { return value.is_object() && !value.empty(); }

// Adds the fields of two objects that differ. Goes into fields that are objects
// on both sides.
void Compare(const std::string& name, const std::string& path,
             const Json& before, const Json& after,
             std::vector<ConfigChange>* changes) {
  std::map<std::string, bool> seen;
  const auto compare = [&](const std::string& field) {
    if (!seen.emplace(field, true).second) return;
    const Json old = FieldOf(before, field);
    const Json now = FieldOf(after, field);
    if (old == now) return;
    const std::string full = path + field;
    if (IsFilled(old) && IsFilled(now)) {
      Compare(name, full + ".", old, now, changes);
    } else {
      changes->push_back({name, full, ValueText(old), ValueText(now)});
    }
  };
  for (const auto& [field, value] : before.items()) compare(field);
  for (const auto& [field, value] : after.items()) compare(field);
}

// Adds the names of a config as PolicyTable::Find() takes them.
void AddNames(const Config& config, std::map<std::string, bool>* names) {
  for (const MethodPolicy& entry : config.method_policy) {
    for (const MethodName& name : entry.name) {
      if (name.service.empty()) continue;  // all other methods
      (*names)["/" + name.service + "/" + name.method] = true;
    }
  }
}

}  // namespace

std::string ToString(const ConfigChange& change) {
  const std::string where =
      change.name.empty() ? "defaultPolicy." : change.name + ": ";
  return where + change.field + ": " + change.before + " -> " + change.after;
}

std::vector<ConfigChange> CompareConfigs(const Config& before,
                                         const Config& after) {
  const auto old_table = PolicyTable::Create(before);
  const auto new_table = PolicyTable::Create(after);
  std::vector<ConfigChange> changes;
  if (!old_table.ok() || !new_table.ok()) return changes;
  std::map<std::string, bool> names = {{"", true}};
  AddNames(before, &names);
  AddNames(after, &names);
  for (const auto& [name, unused] : names) {
    const Policy* const old = (*old_table)->Find(name);
    const Policy* const now = (*new_table)->Find(name);
    if (old == nullptr || now == nullptr) {
      if (old == now) continue;
      changes.push_back({name, "breaker", old == nullptr ? "none" : "one",
                         now == nullptr ? "none" : "one"});
    } else if (*old != *now) {
      Compare(name, "", ToJson(*old), ToJson(*now), &changes);
    }
  }
  return changes;
}

}  // namespace fusebox
