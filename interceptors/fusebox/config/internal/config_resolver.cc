#include "fusebox/config/internal/config_resolver.h"

#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/base/problem.h"
#include "fusebox/config/internal/message_fields.h"
#include "fusebox/config/internal/policy_fields.h"
#include "fusebox/core/settings.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"
#include "google/protobuf/message.h"

namespace fusebox::internal {
namespace {

// Visits the fields of a struct and sets those that the message gives.
class Resolver {
 public:
  Resolver(const Message& message, std::string path, Problems* problems)
      : message_(message), path_(std::move(path)), problems_(*problems) {}

  template <typename T>
  void operator()(const char* name, Required<T> field) const {
    if (IsPresent(message_, Find(name))) {
      Take(Find(name), &field.value);
    } else {
      Add(Find(name), "must be given");
    }
  }
  template <typename T>
  void operator()(const char* name, T& value) const {
    if (IsPresent(message_, Find(name))) Take(Find(name), &value);
  }

 private:
  const FieldDescriptor& Find(const char* name) const {
    return FieldNamed(message_, name);
  }
  std::string PathOf(const FieldDescriptor& field) const {
    return path_ + "." + std::string(field.name());
  }
  void Add(const FieldDescriptor& field, std::string rule,
           std::string value = "") const {
    problems_.push_back({PathOf(field), std::move(rule), std::move(value)});
  }

  void Take(const FieldDescriptor& field, Duration* value) const {
    if (const std::optional<Duration> given = GetDuration(message_, field)) {
      *value = *given;
    } else {
      Add(field,
          "must be within +-" + FormatDuration(Duration::max()) +
              ", with seconds and nanos of one sign and less than 1s of nanos");
    }
  }
  void Take(const FieldDescriptor& field,
            std::vector<absl::StatusCode>* codes) const {
    codes->clear();
    const int size = SizeOf(message_, field);
    for (int i = 0; i < size; ++i) {
      codes->push_back(
          static_cast<absl::StatusCode>(GetEnum(message_, field, i)));
    }
  }
  void Take(const FieldDescriptor& field, Window* window) const {
    const Message& given = GetMessage(message_, field);
    const Resolver resolver(given, PathOf(field), &problems_);
    const FieldDescriptor& calls = resolver.Find("calls");
    *window = Window();
    if (!IsPresent(given, calls)) {
      resolver("duration", window->duration);
      return;
    }
    *window = Window::OfCalls(GetField<uint32_t>(given, calls));
    if (window->calls == 0) {  // which means a window of time in the struct
      resolver.Add(calls, "must be in [1, 4096]", "0");
      *window = Window();
    }
  }
  // An empty message switches the rule off.
  template <typename T>
  void Take(const FieldDescriptor& field, std::optional<T>* rule) const {
    const Message& given = GetMessage(message_, field);
    rule->reset();
    if (!PresentFields(given).empty()) Take(field, &rule->emplace());
  }
  template <typename T>
  void Take(const FieldDescriptor& field, T* value) const {
    if constexpr (std::is_enum_v<T>) {
      const int number = GetEnum(message_, field, 0);
      if (field.enum_type()->FindValueByNumber(number) == nullptr) {
        Add(field, "must be " + NamesOf(*field.enum_type()),
            std::to_string(number));
      } else {
        *value = static_cast<T>(number);
      }
    } else if constexpr (std::is_arithmetic_v<T>) {
      *value = GetField<T>(message_, field);
    } else {
      *value = T();
      VisitFields(*value, Resolver(GetMessage(message_, field), PathOf(field),
                                   &problems_));
    }
  }

  const Message& message_;
  const std::string path_;
  Problems& problems_;
};

// The presets, in the order of their enum.
constexpr Policy (*kPresets[])() = {&Policy::Classic, &Policy::Responsive};

Policy Resolve(const Message& message, const Policy& inherited,
               const std::string& path, Problems* problems) {
  Policy policy = inherited;
  const FieldDescriptor& preset = FieldNamed(message, "preset");
  if (IsPresent(message, preset)) {
    const int number = GetEnum(message, preset, 0);
    if (preset.enum_type()->FindValueByNumber(number) == nullptr) {
      problems->push_back({path + ".preset",
                           "must be " + NamesOf(*preset.enum_type()),
                           std::to_string(number)});
    } else {
      policy = kPresets[number]();
    }
  }
  VisitFields(policy, Resolver(message, path, problems));
  return policy;
}

}  // namespace

Config ResolveConfig(const Message& message, Problems* problems) {
  Config config;
  config.default_policy =
      Resolve(GetMessage(message, FieldNamed(message, "default_policy")),
              Policy(), "default_policy", problems);
  const FieldDescriptor& entries = FieldNamed(message, "method_policy");
  for (int i = 0; i < SizeOf(message, entries); ++i) {
    const Message& given = GetMessage(message, entries, i);
    MethodPolicy& entry = config.method_policy.emplace_back();
    const FieldDescriptor& names = FieldNamed(given, "name");
    for (int j = 0; j < SizeOf(given, names); ++j) {
      const Message& name = GetMessage(given, names, j);
      entry.name.push_back(
          {GetField<std::string>(name, FieldNamed(name, "service")),
           GetField<std::string>(name, FieldNamed(name, "method"))});
    }
    entry.policy = Resolve(
        GetMessage(given, FieldNamed(given, "policy")), config.default_policy,
        ElementPath("method_policy", static_cast<size_t>(i)) + ".policy",
        problems);
  }
  return config;
}

absl::StatusOr<Config> ConfigFromMessage(const Message& message,
                                         Problems* problems) {
  Problems found;
  Config config = ResolveConfig(message, &found);
  AddUnrelated(ValidateResolved(message, config), &found);
  return ConfigUnless(std::move(found), std::move(config), problems);
}

}  // namespace fusebox::internal
