#include "fusebox/admin/internal/reflection.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/unknown_field_set.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/admin/internal/authorize.h"
#include "fusebox/v1/admin.grpc.pb.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox::internal {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;
using grpc::ByteBuffer;

using Files = std::vector<const FileDescriptor*>;

// The numbers of the fields in reflection.proto.
enum RequestField : int {
  kHost = 1,
  kFileByFilename = 3,
  kFileContainingSymbol = 4,
  kFileContainingExtension = 5,
  kAllExtensionNumbersOfType = 6,
  kListServices = 7,
};
enum ResponseField : int {
  kValidHost = 1,
  kOriginalRequest = 2,
  kFileDescriptorResponse = 4,
  kAllExtensionNumbersResponse = 5,
  kListServicesResponse = 6,
  kErrorResponse = 7,
};
// The first field of each response, and the second one of an error.
constexpr int kFirst = 1;
constexpr int kErrorMessage = 2;

std::string Bytes(const UnknownFieldSet& message) {
  std::string bytes;
  message.SerializeToString(&bytes);
  return bytes;
}

// Returns the file and those that it imports, each once.
Files WithImports(const FileDescriptor* file) {
  Files files = {file};
  for (size_t i = 0; i < files.size(); ++i) {
    for (int j = 0; j < files[i]->dependency_count(); ++j) {
      const FileDescriptor* const import = files[i]->dependency(j);
      if (std::find(files.begin(), files.end(), import) == files.end()) {
        files.push_back(import);
      }
    }
  }
  return files;
}

// Returns whether the service describes the file. It may be null.
bool IsKnown(const FileDescriptor* file) {
  static const auto& files =
      *new Files(WithImports(v1::Breaker::descriptor()->file()));
  return std::find(files.begin(), files.end(), file) != files.end();
}

void AddError(grpc::StatusCode code, const std::string& message,
              UnknownFieldSet* response) {
  UnknownFieldSet error;
  error.AddVarint(kFirst, static_cast<uint64_t>(code));
  error.AddLengthDelimited(kErrorMessage, message);
  response->AddLengthDelimited(kErrorResponse, Bytes(error));
}

void AddFiles(const FileDescriptor* file, const std::string& what,
              UnknownFieldSet* response) {
  if (!IsKnown(file)) {
    AddError(grpc::StatusCode::NOT_FOUND, "there is no " + what, response);
    return;
  }
  UnknownFieldSet files;
  for (const FileDescriptor* const one : WithImports(file)) {
    google::protobuf::FileDescriptorProto proto;
    one->CopyTo(&proto);
    files.AddLengthDelimited(kFirst, proto.SerializeAsString());
  }
  response->AddLengthDelimited(kFileDescriptorResponse, Bytes(files));
}

void AddAnswer(int field, const std::string& value, UnknownFieldSet* response) {
  const DescriptorPool& pool = *DescriptorPool::generated_pool();
  switch (field) {
    case kFileByFilename:
      AddFiles(pool.FindFileByName(value), "file " + value, response);
      return;
    case kFileContainingSymbol:
      AddFiles(pool.FindFileContainingSymbol(value), "symbol " + value,
               response);
      return;
    case kFileContainingExtension:
      AddError(grpc::StatusCode::NOT_FOUND, "there are no extensions",
               response);
      return;
    case kAllExtensionNumbersOfType: {
      const auto* const type = pool.FindMessageTypeByName(value);
      if (type == nullptr || !IsKnown(type->file())) {
        AddError(grpc::StatusCode::NOT_FOUND, "there is no message " + value,
                 response);
        return;
      }
      UnknownFieldSet none;
      none.AddLengthDelimited(kFirst, value);
      response->AddLengthDelimited(kAllExtensionNumbersResponse, Bytes(none));
      return;
    }
    case kListServices: {
      UnknownFieldSet service;
      const std::string name = v1::BreakerAdmin::service_full_name();
      service.AddLengthDelimited(kFirst, name);
      UnknownFieldSet services;
      services.AddLengthDelimited(kFirst, Bytes(service));
      response->AddLengthDelimited(kListServicesResponse, Bytes(services));
      return;
    }
    default:
      AddError(grpc::StatusCode::UNIMPLEMENTED, "this request is not known",
               response);
  }
}

// Returns a ServerReflectionResponse to a ServerReflectionRequest.
std::string Answer(const std::string& bytes) {
  UnknownFieldSet request;
  UnknownFieldSet response;
  if (!request.ParseFromString(bytes)) {
    AddError(grpc::StatusCode::INVALID_ARGUMENT,
             "the request is no ServerReflectionRequest", &response);
    return Bytes(response);
  }
  int asked = 0;
  std::string value;
  for (int i = 0; i < request.field_count(); ++i) {
    const UnknownField& field = request.field(i);
    if (field.type() != UnknownField::TYPE_LENGTH_DELIMITED) continue;
    if (field.number() == kHost) {
      response.AddLengthDelimited(kValidHost,
                                  std::string(field.length_delimited()));
    } else {
      asked = field.number();  // the last one counts
      value = std::string(field.length_delimited());
    }
  }
  response.AddLengthDelimited(kOriginalRequest, bytes);
  AddAnswer(asked, value, &response);
  return Bytes(response);
}

// Answers the requests of one stream, one at a time.
class Stream final : public grpc::ServerGenericBidiReactor {
 public:
  Stream() { StartRead(&request_); }

  void OnReadDone(bool ok) override {
    if (!ok) {
      Finish(grpc::Status::OK);
      return;
    }
    std::vector<grpc::Slice> slices;
    std::string bytes;
    if (request_.Dump(&slices).ok()) {
      for (const grpc::Slice& slice : slices) {
        bytes.append(reinterpret_cast<const char*>(slice.begin()),
                     slice.size());
      }
    }
    const grpc::Slice answer(Answer(bytes));
    response_ = ByteBuffer(&answer, 1);
    StartWrite(&response_);
  }

  void OnWriteDone(bool ok) override {
    if (ok) {
      StartRead(&request_);
    } else {
      Finish(grpc::Status::CANCELLED);
    }
  }

  void OnDone() override { delete this; }

 private:
  ByteBuffer request_;
  ByteBuffer response_;
};

// A stream that ends at once.
class EndedStream final : public grpc::ServerGenericBidiReactor {
 public:
  explicit EndedStream(grpc::Status status) { Finish(std::move(status)); }
  void OnDone() override { delete this; }
};

}  // namespace

Reflection::Reflection(Hook authorize, std::shared_ptr<Registry> registry)
    : authorize_(std::move(authorize)), registry_(std::move(registry)) {}

grpc::ServerGenericBidiReactor* Reflection::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  const std::string& method = context->method();
  if (method != "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo" &&
      method !=
          "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo") {
    return grpc::CallbackGenericService::CreateReactor(context);
  }
  std::string author;  // only changes have one
  grpc::Status status =
      Authorize(authorize_,
                {"ServerReflectionInfo", /*changes=*/false, *context, &author},
                registry_.get());
  if (!status.ok()) return new EndedStream(std::move(status));
  return new Stream();
}

}  // namespace fusebox::internal
