// config_writer.cc: writes a Config into a message.

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/config/internal/config_resolver.h"
#include "fusebox/config/internal/message_fields.h"
#include "fusebox/config/internal/policy_fields.h"
#include "fusebox/core/settings.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"
#include "google/protobuf/message.h"

namespace fusebox::internal {
namespace {

// Visits the fields of a struct and sets each of them in a message.
class Writer {
 public:
  explicit Writer(Message* message) : message_(*message) {}

  template <typename T>
  void operator()(const char* name, Required<T> field) const {
    Set(Find(name), field.value);
  }
  template <typename T>
  void operator()(const char* name, const T& value) const {
    Set(Find(name), value);
  }

 private:
  const FieldDescriptor& Find(const char* name) const {
    return FieldNamed(message_, name);
  }

  void Set(const FieldDescriptor& field,
           const std::vector<absl::StatusCode>& codes) const {
    for (const absl::StatusCode code : codes) Set(field, code);
  }
  void Set(const FieldDescriptor& field, const Window& window) const {
    const Writer writer(AddOrMutable(&message_, field));
    if (window.calls != 0) {
      writer("calls", window.calls);
    } else {
      writer("duration", window.duration);
    }
  }
  // A rule that is off is an empty message.
  template <typename T>
  void Set(const FieldDescriptor& field, const std::optional<T>& rule) const {
    Message* const proto = AddOrMutable(&message_, field);
    if (rule) VisitFields(*rule, Writer(proto));
  }
  void Set(const FieldDescriptor& field, const HalfOpen& group) const {
    VisitFields(group, Writer(AddOrMutable(&message_, field)));
  }
  template <typename T>
  void Set(const FieldDescriptor& field, const T& value) const {
    if constexpr (std::is_enum_v<T>) {
      SetEnum(&message_, field, static_cast<int>(value));
    } else {
      SetField(&message_, field, value);
    }
  }

  Message& message_;
};

Message* Add(Message* message, const char* name) {
  return AddOrMutable(message, FieldNamed(*message, name));
}

void SetUnlessEmpty(Message* message, const char* name,
                    const std::string& value) {
  if (!value.empty()) SetField(message, FieldNamed(*message, name), value);
}

}  // namespace

void WriteConfig(const Config& config, Message* message) {
  const Policy& inherited = config.default_policy;
  VisitFields(inherited, Writer(Add(message, "default_policy")));
  for (const MethodPolicy& entry : config.method_policy) {
    Message* const written = Add(message, "method_policy");
    for (const MethodName& name : entry.name) {
      Message* const written_name = Add(written, "name");
      SetUnlessEmpty(written_name, "service", name.service);
      SetUnlessEmpty(written_name, "method", name.method);
    }
    Message* const policy = Add(written, "policy");
    // An empty list counts as left out, so it would inherit the default
    // policy's list. A preset inherits nothing.
    if ((entry.policy.failure_codes.empty() &&
         !inherited.failure_codes.empty()) ||
        (entry.policy.ignored_codes.empty() &&
         !inherited.ignored_codes.empty())) {
      constexpr int kClassic = 0;
      SetEnum(policy, FieldNamed(*policy, "preset"), kClassic);
    }
    VisitFields(entry.policy, Writer(policy));
  }
}

}  // namespace fusebox::internal
