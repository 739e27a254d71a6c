// config_schema.h: messages of config.proto without its generated code.
//
// Generated messages register themselves with protobuf when the program starts,
// and only one copy of them may do so. Two plugins that each contain Fusebox
// could not be loaded into one process. These messages belong to nobody else.

#ifndef FUSEBOX_CONFIG_INTERNAL_CONFIG_SCHEMA_H_
#define FUSEBOX_CONFIG_INTERNAL_CONFIG_SCHEMA_H_

#include <memory>

#include "google/protobuf/message.h"

namespace fusebox::internal {

// Returns an empty fusebox.v1.Config. Thread-safe.
std::unique_ptr<google::protobuf::Message> NewConfigMessage();

}  // namespace fusebox::internal

#endif  // FUSEBOX_CONFIG_INTERNAL_CONFIG_SCHEMA_H_
