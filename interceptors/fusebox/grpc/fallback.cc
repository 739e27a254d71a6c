#include "fusebox/grpc/fallback.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/client_context.h>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/base/problem.h"
#include "fusebox/base/text.h"
#include "fusebox/core/settings.h"
#include "fusebox/grpc/internal/call_fallback.h"
#include "fusebox/grpc/internal/fallback_table.h"
#include "fusebox/grpc/rejection.h"

namespace fusebox {

using internal::FallbackTable;

namespace {

// Returns service and method, or nothing if `method` does not have the form
// "/package.Service/Method".
std::optional<std::pair<std::string, std::string>> Split(
    const std::string& method) {
  const size_t slash = method.find('/', 1);
  if (method.empty() || method[0] != '/' || slash == std::string::npos ||
      slash == 1 || slash + 1 == method.size() ||
      method.find('/', slash + 1) != std::string::npos) {
    return std::nullopt;
  }
  return std::make_pair(method.substr(1, slash - 1), method.substr(slash + 1));
}

std::string MethodsOf(const google::protobuf::ServiceDescriptor& service) {
  std::string names;
  for (int i = 0; i < service.method_count(); ++i) {
    names += (i == 0 ? "" : ", ") + std::string(service.method(i)->name());
  }
  return names;
}

void CheckType(const std::string& path, const std::string& expected,
               const std::string& actual, Problems* problems) {
  if (actual == expected) return;
  problems->push_back({path, "must be " + expected, actual});
}

// Checks the method against the program's own descriptors, if they contain its
// service.
void CheckMethod(const std::string& path, const std::string& method,
                 const std::string& request, const std::string& response,
                 Problems* problems) {
  const auto name = Split(method);
  if (!name) {
    problems->push_back(
        {path, "must be of the form \"/package.Service/Method\""});
    return;
  }
  const auto* const service =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
          name->first);
  if (service == nullptr) return;
  const auto* const found = service->FindMethodByName(name->second);
  if (found == nullptr) {
    problems->push_back({path, "must be a method of " + name->first +
                                   ", which has " + MethodsOf(*service)});
    return;
  }
  if (found->client_streaming() || found->server_streaming()) {
    problems->push_back({path, "must be a unary method", "a streaming one"});
    return;
  }
  CheckType(path + ".Request", std::string(found->input_type()->full_name()),
            request, problems);
  CheckType(path + ".Response", std::string(found->output_type()->full_name()),
            response, problems);
}

}  // namespace

std::optional<FallbackKind> GetFallback(const grpc::ClientContext& context) {
  const auto& trailers = context.GetServerTrailingMetadata();
  const auto [begin, end] = trailers.equal_range(kFallbackTrailer);
  for (auto trailer = begin; trailer != end; ++trailer) {
    for (const auto kind : {FallbackKind::kHandler, FallbackKind::kStale}) {
      // Compares addresses, because a server can send an equal text.
      if (trailer->second.data() == Name(kind).data()) return kind;
    }
  }
  return std::nullopt;
}

Fallbacks& Fallbacks::Add(Entry entry) {
  entries_.push_back(std::move(entry));
  return *this;
}

absl::StatusOr<std::shared_ptr<const FallbackTable>> Fallbacks::Build() const {
  Problems problems;
  FallbackTable::Methods methods;
  std::map<std::string, const Entry*> firsts;
  for (const Entry& entry : entries_) {
    const std::string path = "On(" + Quoted(entry.method) + ")";
    FallbackTable::Method& method = methods[entry.method];
    if (const auto [first, is_new] = firsts.emplace(entry.method, &entry);
        is_new) {
      CheckMethod(path, entry.method, entry.request, entry.response, &problems);
    } else {
      CheckType(path + ".Request", first->second->request, entry.request,
                &problems);
      CheckType(path + ".Response", first->second->response, entry.response,
                &problems);
    }
    if (entry.handler != nullptr) {
      if (!entry.handler->valid()) {
        problems.push_back({path + ".handler", "must be a function", "null"});
      }
      if (method.handler != nullptr) {
        problems.push_back(
            {path + ".handler", "must be the only one", "another"});
      }
      method.handler = entry.handler;
    } else if (entry.cache == nullptr) {
      problems.push_back({path + ".cache", "must be a cache", "null"});
    } else {
      for (Problem& problem : entry.cache->options().Validate()) {
        problem.path = path + ".cache." + problem.path;
        problems.push_back(std::move(problem));
      }
      if (method.cache != nullptr) {
        problems.push_back(
            {path + ".cache", "must be the only one", "another"});
      }
      method.cache = entry.cache;
    }
  }
  if (!problems.empty()) return absl::InvalidArgumentError(ToString(problems));
  return std::make_shared<const FallbackTable>(std::move(methods));
}

}  // namespace fusebox
