// message_leaves.h: lists the fields of a message at every depth.

#ifndef FUSEBOX_TESTS_CONFIG_MESSAGE_LEAVES_H_
#define FUSEBOX_TESTS_CONFIG_MESSAGE_LEAVES_H_

#include <string>
#include <utility>
#include <vector>

#include "fusebox/config/internal/message_fields.h"
#include "google/protobuf/descriptor.h"

namespace fusebox::internal {

using LeafPath = std::vector<const google::protobuf::FieldDescriptor*>;

// Returns the paths to all scalars, durations and lists in a message.
inline std::vector<LeafPath> Leaves(const google::protobuf::Descriptor& type) {
  std::vector<LeafPath> leaves;
  for (int i = 0; i < type.field_count(); ++i) {
    const google::protobuf::FieldDescriptor* const field = type.field(i);
    if (field->message_type() == nullptr || IsDuration(*field)) {
      leaves.push_back({field});
      continue;
    }
    for (LeafPath& inner : Leaves(*field->message_type())) {
      inner.insert(inner.begin(), field);
      leaves.push_back(std::move(inner));
    }
  }
  return leaves;
}

// Returns "failureRate.threshold".
inline std::string Print(const LeafPath& path) {
  std::string text;
  for (const google::protobuf::FieldDescriptor* const field : path) {
    text += (text.empty() ? "" : ".") + std::string(field->json_name());
  }
  return text;
}

}  // namespace fusebox::internal

#endif  // FUSEBOX_TESTS_CONFIG_MESSAGE_LEAVES_H_
