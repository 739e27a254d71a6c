// message_fields.h: a message's fields by their descriptors and with the types
// that Fusebox uses.

#ifndef FUSEBOX_CONFIG_INTERNAL_MESSAGE_FIELDS_H_
#define FUSEBOX_CONFIG_INTERNAL_MESSAGE_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fusebox/base/clock.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace fusebox::internal {

// The fields that are there, in the order of the descriptor.
std::vector<const google::protobuf::FieldDescriptor*> PresentFields(
    const google::protobuf::Message& message);

bool IsPresent(const google::protobuf::Message& message,
               const google::protobuf::FieldDescriptor& field);

// Whether it is a google.protobuf.Duration.
bool IsDuration(const google::protobuf::FieldDescriptor& field);

// The value of a field that is no list. T: bool, uint32_t, double or
// std::string.
template <typename T>
T GetField(const google::protobuf::Message& message,
           const google::protobuf::FieldDescriptor& field);

// Nothing if the message's numbers are no Duration.
std::optional<Duration> GetDuration(
    const google::protobuf::Message& message,
    const google::protobuf::FieldDescriptor& field);

// The value or, if it is a list, its element `i`.
int GetEnum(const google::protobuf::Message& message,
            const google::protobuf::FieldDescriptor& field, int i);
const google::protobuf::Message& GetMessage(
    const google::protobuf::Message& message,
    const google::protobuf::FieldDescriptor& field, int i);

// Sets the field, or adds an element if it is a list.
void SetField(google::protobuf::Message* message,
              const google::protobuf::FieldDescriptor& field, bool value);
void SetField(google::protobuf::Message* message,
              const google::protobuf::FieldDescriptor& field, uint32_t value);
void SetField(google::protobuf::Message* message,
              const google::protobuf::FieldDescriptor& field, double value);
void SetField(google::protobuf::Message* message,
              const google::protobuf::FieldDescriptor& field,
              const std::string& value);
void SetField(google::protobuf::Message* message,
              const google::protobuf::FieldDescriptor& field, Duration value);
void SetEnum(google::protobuf::Message* message,
             const google::protobuf::FieldDescriptor& field, int number);
google::protobuf::Message* AddOrMutable(
    google::protobuf::Message* message,
    const google::protobuf::FieldDescriptor& field);

// "DRY_RUN"; the number where the enum has no such value.
std::string EnumName(const google::protobuf::FieldDescriptor& field,
                     int number);

// "METHOD, SERVICE or CHANNEL"
std::string NamesOf(const google::protobuf::EnumDescriptor& type);

}  // namespace fusebox::internal

#endif  // FUSEBOX_CONFIG_INTERNAL_MESSAGE_FIELDS_H_
