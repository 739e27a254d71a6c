#include "fusebox/grpc/stale_cache.h"

#include <grpcpp/support/interceptor.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/base/problem.h"
#include "fusebox/core/settings.h"
#include "fusebox/grpc/internal/lru_store.h"
#include "fusebox/grpc/internal/typed_message.h"

namespace fusebox {

using internal::AppendBytes;
using internal::LruStore;
using internal::Reply;

namespace {

// Appends the length and then the part, so that no two lists of parts result in
// the same key.
void AppendPart(std::string_view part, std::string* key) {
  *key += std::to_string(part.size());
  *key += ':';
  key->append(part);
}

}  // namespace

Problems StaleCacheOptions::Validate() const {
  Problems problems;
  if (max_entries == 0) {
    problems.push_back({"max_entries", "must be at least 1", "0"});
  }
  if (max_bytes <= LruStore::kEntryOverhead) {
    problems.push_back({"max_bytes",
                        "must be more than " +
                            std::to_string(LruStore::kEntryOverhead) +
                            ", which an entry needs beside its key and its "
                            "response",
                        std::to_string(max_bytes)});
  }
  if (ttl <= Duration::zero()) {
    problems.push_back({"ttl", "must be more than 0s", FormatDuration(ttl)});
  }
  if (clock == nullptr) {
    problems.push_back(
        {"clock", "must be a clock, such as &PreciseClock()", "null"});
  }
  return problems;
}

StaleCacheBase::StaleCacheBase(StaleCacheOptions options)
    : options_(std::move(options)),
      store_(options_.max_entries, options_.max_bytes, options_.ttl) {}

std::optional<std::string> StaleCacheBase::KeyOf(Batch* batch,
                                                 const Call& call) const {
  using Hook = grpc::experimental::InterceptionHookPoints;
  if (!batch->QueryInterceptionHookPoint(Hook::PRE_SEND_INITIAL_METADATA)) {
    return std::nullopt;
  }
  const auto& metadata = *batch->GetSendInitialMetadata();
  std::string key;
  AppendPart(std::to_string(call.channel), &key);
  AppendPart(call.method, &key);
  AppendPart(call.key, &key);
  if (options_.identity) {
    const auto identity = options_.identity(call.context, metadata);
    if (!identity) return std::nullopt;
    AppendPart(*identity, &key);
  } else {
    if (call.context.credentials() != nullptr) return std::nullopt;
    for (const auto& [name, value] : metadata) {
      AppendPart(name, &key);
      AppendPart(value, &key);
    }
  }
  key += '/';  // no length starts so
  if (!AppendRequest(batch, &key)) return std::nullopt;
  return key;
}

std::unique_ptr<Reply> StaleCacheBase::Find(const std::string& key) {
  const auto bytes = store_.Get(key, options_.clock->Now());
  if (bytes == nullptr) return nullptr;
  std::unique_ptr<Reply> reply = NewReply();
  if (!reply->message().ParsePartialFromString(*bytes)) return nullptr;
  return reply;
}

std::optional<std::string> StaleCacheBase::BytesOf(const void* response,
                                                   const Call& call) const {
  // Interceptors below this one may have set some.
  if (!options_.identity && call.context.credentials() != nullptr) {
    return std::nullopt;
  }
  std::string bytes;
  if (!AppendBytes(Response(response), &bytes)) return std::nullopt;
  return bytes;
}

void StaleCacheBase::Keep(std::string key, std::string bytes) {
  store_.Put(std::move(key), std::move(bytes), options_.clock->Now());
}

}  // namespace fusebox
