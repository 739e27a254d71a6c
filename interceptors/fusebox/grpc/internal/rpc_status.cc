#include "fusebox/grpc/internal/rpc_status.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "fusebox/base/clock.h"

namespace fusebox::internal {
namespace {

constexpr std::string_view kTypePrefix = "type.googleapis.com/";
constexpr std::string_view kErrorInfo = "google.rpc.ErrorInfo";
constexpr std::string_view kRetryInfo = "google.rpc.RetryInfo";
constexpr std::string_view kRetryInfoType =
    "type.googleapis.com/google.rpc.RetryInfo";
constexpr int64_t kNanosPerSecond = 1'000'000'000;

// A tag, which is number and wire type, identifies a field.
enum WireType : uint32_t {
  kVarint = 0,
  kFixed64 = 1,
  kBytes = 2,
  kFixed32 = 5
};

constexpr uint64_t Tag(uint32_t number, WireType type) {
  return number << 3 | type;
}

// --- Writing. A message is a string, to which fields are appended.

void PutVarint(uint64_t value, std::string* out) {
  for (; value >= 0x80; value >>= 7) {
    out->push_back(static_cast<char>((value & 0x7f) | 0x80));
  }
  out->push_back(static_cast<char>(value));
}

void PutInt(uint32_t field, int64_t value, std::string* out) {
  if (value == 0) return;
  PutVarint(Tag(field, kVarint), out);
  PutVarint(static_cast<uint64_t>(value), out);
}

void PutBytes(uint32_t field, std::string_view value, std::string* out) {
  PutVarint(Tag(field, kBytes), out);
  PutVarint(value.size(), out);
  out->append(value);
}

size_t SizeOfVarint(uint64_t value) {
  size_t size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}

size_t SizeOfBytes(size_t size) { return 1 + SizeOfVarint(size) + size; }

// Appends a google.protobuf.Any to Status.details.
void PutAny(std::string_view type, std::string_view value, std::string* out) {
  const size_t type_size = kTypePrefix.size() + type.size();
  PutVarint(Tag(3, kBytes), out);
  PutVarint(SizeOfBytes(type_size) + SizeOfBytes(value.size()), out);
  PutVarint(Tag(1, kBytes), out);
  PutVarint(type_size, out);
  out->append(kTypePrefix).append(type);
  PutBytes(2, value, out);
}

// Appends a RetryInfo to Status.details. Its length is known only at its end,
// but is below 128, so that each length takes one byte.
void PutRetryInfo(Duration delay, std::string* out) {
  const size_t any = out->size() + 2;
  out->append({static_cast<char>(Tag(3, kBytes)), 0});
  PutBytes(1, kRetryInfoType, out);
  const size_t info = out->size() + 2;
  out->append({static_cast<char>(Tag(2, kBytes)), 0});
  out->append({static_cast<char>(Tag(1, kBytes)), 0});
  PutInt(1, delay.count() / kNanosPerSecond, out);
  PutInt(2, delay.count() % kNanosPerSecond, out);
  const auto length_from = [&](size_t begin) {
    return static_cast<char>(out->size() - begin);
  };
  (*out)[info + 1] = length_from(info + 2);
  (*out)[info - 1] = length_from(info);
  (*out)[any - 1] = length_from(any);
}

// --- Reading. A message is a view, from whose front fields are removed.

struct Field {
  uint64_t tag = 0;
  uint64_t value = 0;      // of a varint
  std::string_view bytes;  // of a length-delimited field
};

bool TakeVarint(std::string_view* in, uint64_t* value) {
  *value = 0;
  for (int shift = 0; shift < 64 && !in->empty(); shift += 7) {
    const auto byte = static_cast<uint8_t>(in->front());
    in->remove_prefix(1);
    *value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool TakeBytes(std::string_view* in, uint64_t size, std::string_view* bytes) {
  if (size > in->size()) return false;
  *bytes = in->substr(0, size);
  in->remove_prefix(size);
  return true;
}

bool TakeField(std::string_view* in, Field* field) {
  *field = Field();
  uint64_t size;
  std::string_view skipped;
  if (!TakeVarint(in, &field->tag) || field->tag < Tag(1, kVarint)) {
    return false;  // no field has the number 0
  }
  switch (field->tag & 7) {
    case kVarint:
      return TakeVarint(in, &field->value);
    case kFixed64:
      return TakeBytes(in, 8, &skipped);
    case kBytes:
      return TakeVarint(in, &size) && TakeBytes(in, size, &field->bytes);
    case kFixed32:
      return TakeBytes(in, 4, &skipped);
    default:
      return false;
  }
}

// Calls take(field) for each field. Returns false if the bytes are not a
// message.
template <typename Take>
bool ForEachField(std::string_view message, Take take) {
  while (!message.empty()) {
    Field field;
    if (!TakeField(&message, &field)) return false;
    take(field);
  }
  return true;
}

std::optional<ErrorInfo> DecodeErrorInfo(std::string_view bytes) {
  ErrorInfo info;
  bool good = true;
  good = ForEachField(bytes,
                      [&](const Field& field) {
                        if (field.tag == Tag(1, kBytes))
                          info.reason = field.bytes;
                        if (field.tag == Tag(2, kBytes))
                          info.domain = field.bytes;
                        if (field.tag != Tag(3, kBytes)) return;
                        std::string key;
                        std::string value;
                        good = ForEachField(field.bytes,
                                            [&](const Field& entry) {
                                              if (entry.tag == Tag(1, kBytes))
                                                key = entry.bytes;
                                              if (entry.tag == Tag(2, kBytes))
                                                value = entry.bytes;
                                            }) &&
                               good;
                        info.metadata[std::move(key)] = std::move(value);
                      }) &&
         good;
  if (!good) return std::nullopt;
  return info;
}

std::optional<Duration> DecodeRetryDelay(std::string_view bytes) {
  bool good = true;
  bool found = false;
  int64_t seconds = 0;
  int64_t nanos = 0;
  good = ForEachField(bytes,
                      [&](const Field& field) {
                        if (field.tag != Tag(1, kBytes)) return;
                        found = true;
                        good = ForEachField(
                                   field.bytes,
                                   [&](const Field& part) {
                                     if (part.tag == Tag(1, kVarint))
                                       seconds =
                                           static_cast<int64_t>(part.value);
                                     if (part.tag == Tag(2, kVarint))
                                       nanos = static_cast<int64_t>(part.value);
                                   }) &&
                               good;
                      }) &&
         good;
  constexpr int64_t kMaxSeconds = INT64_MAX / kNanosPerSecond - 1;
  if (!good || !found || seconds > kMaxSeconds || seconds < -kMaxSeconds ||
      nanos >= kNanosPerSecond || nanos <= -kNanosPerSecond) {
    return std::nullopt;
  }
  return std::chrono::seconds(seconds) + Duration(nanos);
}

void DecodeDetail(std::string_view any, RpcStatus* status) {
  std::string_view type;
  std::string_view value;
  if (!ForEachField(any, [&](const Field& field) {
        if (field.tag == Tag(1, kBytes)) type = field.bytes;
        if (field.tag == Tag(2, kBytes)) value = field.bytes;
      })) {
    return;
  }
  type.remove_prefix(type.rfind('/') + 1);  // npos + 1 == 0
  if (type == kErrorInfo && !status->error_info) {
    status->error_info = DecodeErrorInfo(value);
  } else if (type == kRetryInfo && !status->retry_delay) {
    status->retry_delay = DecodeRetryDelay(value);
  }
}

}  // namespace

std::string EncodeDetail(const ErrorInfo& info) {
  std::string value;
  PutBytes(1, info.reason, &value);
  PutBytes(2, info.domain, &value);
  for (const auto& [key, text] : info.metadata) {
    std::string entry;
    PutBytes(1, key, &entry);
    PutBytes(2, text, &entry);
    PutBytes(3, entry, &value);
  }
  std::string detail;
  PutAny(kErrorInfo, value, &detail);
  return detail;
}

std::string EncodeRpcStatus(int code, std::string_view message,
                            std::string_view detail,
                            std::optional<Duration> retry_delay) {
  constexpr size_t kRoomForRest = 128;  // the code and the RetryInfo
  std::string out;
  out.reserve(message.size() + detail.size() + kRoomForRest);
  PutInt(1, code, &out);
  PutBytes(2, message, &out);
  out.append(detail);
  if (retry_delay) PutRetryInfo(*retry_delay, &out);
  return out;
}

std::string EncodeRpcStatus(const RpcStatus& status) {
  return EncodeRpcStatus(
      status.code, status.message,
      status.error_info ? EncodeDetail(*status.error_info) : std::string(),
      status.retry_delay);
}

std::optional<RpcStatus> DecodeRpcStatus(std::string_view bytes) {
  RpcStatus status;
  if (!ForEachField(bytes, [&](const Field& field) {
        if (field.tag == Tag(1, kVarint))
          status.code = static_cast<int>(field.value);
        if (field.tag == Tag(2, kBytes)) status.message = field.bytes;
        if (field.tag == Tag(3, kBytes)) DecodeDetail(field.bytes, &status);
      })) {
    return std::nullopt;
  }
  return status;
}

}  // namespace fusebox::internal
