// message_fields.h: reads and writes the fields of any message by descriptor.

#ifndef FUSEBOX_CONFIG_INTERNAL_MESSAGE_FIELDS_H_
#define FUSEBOX_CONFIG_INTERNAL_MESSAGE_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fusebox/base/clock.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace fusebox::internal {

using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Returns the field of that name. REQUIRES: the message has one.
const FieldDescriptor& FieldNamed(const Message& message,
                                  std::string_view name);

// Returns the fields that are present, in the order of the schema.
std::vector<const FieldDescriptor*> PresentFields(const Message& message);

// Returns whether a field is present; a list is if it is not empty.
bool IsPresent(const Message& message, const FieldDescriptor& field);

// Returns whether the field is a google.protobuf.Duration.
bool IsDuration(const FieldDescriptor& field);

// Returns the value of a field that is not a list. T is bool, uint32_t, double
// or std::string.
template <typename T>
T GetField(const Message& message, const FieldDescriptor& field);
template <>
bool GetField(const Message& message, const FieldDescriptor& field);
template <>
uint32_t GetField(const Message& message, const FieldDescriptor& field);
template <>
double GetField(const Message& message, const FieldDescriptor& field);
template <>
std::string GetField(const Message& message, const FieldDescriptor& field);

// Returns the value of a duration, or nothing if it is out of range.
std::optional<Duration> GetDuration(const Message& message,
                                    const FieldDescriptor& field);

// Return the value or, if the field is a list, its element `i`.
int GetEnum(const Message& message, const FieldDescriptor& field, int i);
const Message& GetMessage(const Message& message, const FieldDescriptor& field,
                          int i = 0);

// Returns the number of elements of a list.
int SizeOf(const Message& message, const FieldDescriptor& field);

// Set the field, or add an element if it is a list.
void SetField(Message* message, const FieldDescriptor& field, bool value);
void SetField(Message* message, const FieldDescriptor& field, uint32_t value);
void SetField(Message* message, const FieldDescriptor& field, double value);
void SetField(Message* message, const FieldDescriptor& field,
              const std::string& value);
void SetField(Message* message, const FieldDescriptor& field, Duration value);
void SetEnum(Message* message, const FieldDescriptor& field, int number);
Message* AddOrMutable(Message* message, const FieldDescriptor& field);

// Returns "DRY_RUN", or the number if the enum has no such value.
std::string EnumName(const FieldDescriptor& field, int number);

// Returns the names of all values: "METHOD, SERVICE or CHANNEL".
std::string NamesOf(const EnumDescriptor& type);

}  // namespace fusebox::internal

#endif  // FUSEBOX_CONFIG_INTERNAL_MESSAGE_FIELDS_H_
