#include "tools/dashboard/bounded_json.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/json_util.h"

namespace fusebox::tool {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kMaxItems = 32;
constexpr int32_t kNanosPerSecond = 1'000'000'000;

// What proto3 JSON can express: ten thousand years for a duration, and the
// years 1 to 9999 for a timestamp.
constexpr int64_t kMaxDurationSeconds = 315'576'000'000;
constexpr int64_t kMinTimestampSeconds = -62'135'596'800;
constexpr int64_t kMaxTimestampSeconds = 253'402'300'799;

template <typename Time>
void Bound(int64_t min, int64_t max, bool negative_nanos, Time* time) {
  const int64_t seconds = std::clamp(time->seconds(), min, max);
  const int32_t nanos = negative_nanos ? -time->nanos() : time->nanos();
  if (seconds != time->seconds() || nanos < 0 || nanos >= kNanosPerSecond) {
    time->set_nanos(0);
  }
  time->set_seconds(seconds);
}

void Bound(Message* message) {
  if (auto* const duration =
          dynamic_cast<google::protobuf::Duration*>(message)) {
    const bool negative = duration->seconds() < 0 ||
                          (duration->seconds() == 0 && duration->nanos() < 0);
    return Bound(-kMaxDurationSeconds, kMaxDurationSeconds, negative, duration);
  }
  if (auto* const time = dynamic_cast<google::protobuf::Timestamp*>(message)) {
    return Bound(kMinTimestampSeconds, kMaxTimestampSeconds, false, time);
  }
  const Reflection& reflection = *message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool is_text = field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
    const bool is_message =
        field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (!field->is_repeated()) {
      if (is_text) {
        reflection.SetString(message, field,
                             Clipped(reflection.GetString(*message, field)));
      } else if (is_message) {
        Bound(reflection.MutableMessage(message, field));
      }
      continue;
    }
    while (reflection.FieldSize(*message, field) > kMaxItems) {
      reflection.RemoveLast(message, field);
    }
    for (int i = 0; i < reflection.FieldSize(*message, field); ++i) {
      if (is_text) {
        reflection.SetRepeatedString(
            message, field, i,
            Clipped(reflection.GetRepeatedString(*message, field, i)));
      } else if (is_message) {
        Bound(reflection.MutableRepeatedMessage(message, field, i));
      }
    }
  }
}

}  // namespace

std::string Clipped(const std::string& text) {
  if (text.size() <= kMaxTextBytes) return text;
  size_t end = kMaxTextBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
    --end;
  }
  return text.substr(0, end) + "...";
}

std::string BoundedJson(const Message& message) {
  const std::unique_ptr<Message> bounded(message.New());
  bounded->CopyFrom(message);
  Bound(bounded.get());
  std::string json;
  const auto status =
      google::protobuf::util::MessageToJsonString(*bounded, &json);
  return status.ok() ? json : "{}";
}

}  // namespace fusebox::tool
