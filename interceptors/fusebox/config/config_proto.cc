#include "fusebox/config/config_proto.h"

#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/base/problem.h"
#include "fusebox/config/internal/config_resolver.h"
#include "fusebox/config/internal/message_fields.h"
#include "fusebox/config/internal/policy_fields.h"
#include "fusebox/core/settings.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"
#include "google/protobuf/message.h"

namespace fusebox {

using internal::AddOrMutable;
using internal::FieldDescriptor;
using internal::Message;
using internal::Required;
using internal::SetEnum;
using internal::SetField;
using internal::VisitFields;

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
    return *message_.GetDescriptor()->FindFieldByName(name);
  }

  void Set(const FieldDescriptor& field,
           const std::vector<absl::StatusCode>& codes) const {
    for (const absl::StatusCode code : codes) Set(field, code);
  }
  void Set(const FieldDescriptor& field, const Window& window) const {
    v1::Window proto;
    const Writer writer(&proto);
    if (window.calls != 0) {
      writer("calls", window.calls);
    } else {
      writer("duration", window.duration);
    }
    AddOrMutable(&message_, field)->CopyFrom(proto);
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

void Write(const Policy& policy, v1::Policy* proto) {
  VisitFields(policy, Writer(proto));
}

}  // namespace

absl::StatusOr<Config> ConfigFromProto(const v1::Config& proto,
                                       Problems* problems) {
  Problems found;
  Config config = internal::ResolveConfig(proto, &found);
  internal::AddUnrelated(internal::ValidateResolved(proto, config), &found);
  return internal::ConfigUnless(std::move(found), std::move(config), problems);
}

v1::Config ConfigToProto(const Config& config) {
  v1::Config proto;
  const Policy& inherited = config.default_policy;
  Write(inherited, proto.mutable_default_policy());
  for (const MethodPolicy& entry : config.method_policy) {
    v1::MethodPolicy& entry_proto = *proto.add_method_policy();
    for (const MethodName& name : entry.name) {
      v1::MethodName& name_proto = *entry_proto.add_name();
      if (!name.service.empty()) name_proto.set_service(name.service);
      if (!name.method.empty()) name_proto.set_method(name.method);
    }
    v1::Policy& policy = *entry_proto.mutable_policy();
    // An empty list counts as left out, so it would inherit the default
    // policy's list. A preset inherits nothing.
    if ((entry.policy.failure_codes.empty() &&
         !inherited.failure_codes.empty()) ||
        (entry.policy.ignored_codes.empty() &&
         !inherited.ignored_codes.empty())) {
      policy.set_preset(v1::Policy::CLASSIC);
    }
    Write(entry.policy, &policy);
  }
  return proto;
}

}  // namespace fusebox
