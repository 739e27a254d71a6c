// reflection_test.cc: what an AdminServer says about its service, to a client
// that knows only gRPC's server reflection.

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/descriptor_database.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "fusebox/admin/service.h"
#include "tests/admin/admin_test.h"
#include "tests/admin/reflection.grpc.pb.h"

namespace fusebox::internal {
namespace {

using grpc::reflection::v1alpha::ServerReflection;
using grpc::reflection::v1alpha::ServerReflectionRequest;
using grpc::reflection::v1alpha::ServerReflectionResponse;

class ReflectionTest : public AdminTest {
 protected:
  using Stream = grpc::ClientReaderWriter<ServerReflectionRequest,
                                          ServerReflectionResponse>;

  void Reflect(AdminOptions options = {}) {
    options.reflection = true;
    Serve(std::move(options));
    Begin(channel_);
  }

  void Begin(const std::shared_ptr<grpc::Channel>& channel) {
    stream_ = nullptr;
    context_ = std::make_unique<grpc::ClientContext>();
    context_->set_deadline(std::chrono::system_clock::now() + kPatience);
    context_->set_wait_for_ready(true);
    stream_ = ServerReflection::NewStub(channel)->ServerReflectionInfo(
        context_.get());
  }

  // Returns the response to the request with this text.
  ServerReflectionResponse Ask(const std::string& text) {
    ServerReflectionResponse response;
    EXPECT_TRUE(stream_->Write(Parse<ServerReflectionRequest>(text)));
    EXPECT_TRUE(stream_->Read(&response));
    return response;
  }

  int ErrorOf(const std::string& text) {
    return Ask(text).error_response().error_code();
  }

  // Ends the stream and returns its status.
  grpc::Status End() {
    stream_->WritesDone();
    ServerReflectionResponse response;
    while (stream_->Read(&response)) {
    }
    return stream_->Finish();
  }

  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<Stream> stream_;
};

TEST_F(ReflectionTest, ListsTheServiceAndRepeatsTheRequest) {
  Reflect();
  const ServerReflectionResponse response =
      Ask("host: 'shop' list_services: ''");
  EXPECT_EQ(response.valid_host(), "shop");
  EXPECT_EQ(response.original_request().host(), "shop");
  EXPECT_TRUE(response.original_request().has_list_services());
  ASSERT_EQ(response.list_services_response().service_size(), 1);
  EXPECT_EQ(response.list_services_response().service(0).name(),
            "fusebox.v1.BreakerAdmin");
  EXPECT_TRUE(End().ok());
}

TEST_F(ReflectionTest, AClientCanBuildTheServiceFromTheFiles) {
  Reflect();
  for (const char* const request :
       {"file_containing_symbol: 'fusebox.v1.BreakerAdmin'",
        "file_containing_symbol: 'fusebox.v1.BreakerAdmin.SetMode'",
        "file_containing_symbol: 'fusebox.v1.Breaker'",
        "file_by_filename: 'fusebox/v1/admin.proto'"}) {
    const auto files = Ask(request).file_descriptor_response();
    ASSERT_GT(files.file_descriptor_proto_size(), 1) << request;
    google::protobuf::SimpleDescriptorDatabase database;
    for (int i = 0; i < files.file_descriptor_proto_size(); ++i) {
      google::protobuf::FileDescriptorProto file;
      ASSERT_TRUE(file.ParseFromString(files.file_descriptor_proto(i)));
      EXPECT_EQ(i == 0, file.name() == "fusebox/v1/admin.proto");
      EXPECT_TRUE(database.Add(file));
    }
    const google::protobuf::DescriptorPool pool(&database);
    const auto* const service =
        pool.FindServiceByName("fusebox.v1.BreakerAdmin");
    ASSERT_NE(service, nullptr);
    EXPECT_NE(service->FindMethodByName("ListBreakers"), nullptr);
  }
  const auto timestamp =
      Ask("file_by_filename: 'google/protobuf/timestamp.proto'")
          .file_descriptor_response();
  EXPECT_EQ(timestamp.file_descriptor_proto_size(), 1);
}

TEST_F(ReflectionTest, SaysWhatItDoesNotKnowAndGoesOn) {
  Reflect();
  const int not_found = grpc::StatusCode::NOT_FOUND;
  EXPECT_EQ(ErrorOf("file_by_filename: 'nowhere.proto'"), not_found);
  EXPECT_EQ(ErrorOf("file_containing_symbol: 'no.Where'"), not_found);
  EXPECT_EQ(ErrorOf("all_extension_numbers_of_type: 'no.Where'"), not_found);
  EXPECT_EQ(ErrorOf("file_containing_extension { containing_type: "
                    "'fusebox.v1.Breaker' extension_number: 1 }"),
            not_found);
  EXPECT_EQ(ErrorOf(""), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(Ask("all_extension_numbers_of_type: 'fusebox.v1.Breaker'")
                .all_extension_numbers_response()
                .base_type_name(),
            "fusebox.v1.Breaker");
  EXPECT_TRUE(End().ok());
}

TEST_F(ReflectionTest, DescribesNothingElseOfTheProcess) {
  Reflect();
  ASSERT_NE(google::protobuf::DescriptorPool::generated_pool()->FindFileByName(
                "tests/admin/reflection.proto"),
            nullptr);
  EXPECT_EQ(ErrorOf("file_by_filename: 'tests/admin/reflection.proto'"),
            grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ErrorOf("file_containing_symbol: "
                    "'grpc.reflection.v1alpha.ServerReflection'"),
            grpc::StatusCode::NOT_FOUND);
}

TEST_F(ReflectionTest, AnswersVersion1TooAndNoOtherMethod) {
  Reflect();
  const auto call = [&](const std::string& method,
                        ServerReflectionResponse* response) {
    grpc::TemplatedGenericStub<ServerReflectionRequest,
                               ServerReflectionResponse>
        stub(channel_);
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    const auto reader = stub.PrepareUnaryCall(
        &context, method,
        Parse<ServerReflectionRequest>("file_by_filename: 'nowhere'"), &queue);
    reader->StartCall();
    grpc::Status status;
    reader->Finish(response, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue.Next(&tag, &ok));
    return status;
  };
  ServerReflectionResponse response;
  EXPECT_TRUE(call("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
                   &response)
                  .ok());
  EXPECT_EQ(response.error_response().error_code(),
            grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(call("/grpc.reflection.v1.ServerReflection/Other", &response)
                .error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(ReflectionTest, IsOffByDefault) {
  Serve({});
  Begin(channel_);
  EXPECT_EQ(End().error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(ReflectionTest, IsOffOnAServerOfTheApplication) {
  Reflect();
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  AdminOptions options;
  options.reflection = true;
  AddBreakerAdmin(&builder, registry_, options);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  Begin(grpc::CreateChannel("127.0.0.1:" + std::to_string(port),
                            grpc::InsecureChannelCredentials()));
  EXPECT_EQ(End().error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(ReflectionTest, AsksTheAuthorizationHook) {
  AdminOptions options;
  options.authorize = [](const AdminCall& call) -> grpc::Status {
    if (call.context.client_metadata().count("throw") > 0) {
      throw std::runtime_error("no");
    }
    return {grpc::StatusCode::PERMISSION_DENIED,
            std::string(call.method) + (call.changes ? "!" : "")};
  };
  Reflect(options);
  const grpc::Status status = End();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(status.error_message(), "ServerReflectionInfo");

  grpc::ClientContext context;
  context.AddMetadata("throw", "");
  const auto stream =
      ServerReflection::NewStub(channel_)->ServerReflectionInfo(&context);
  stream->WritesDone();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::INTERNAL);
}

TEST_F(ReflectionTest, TheServerEndsWithoutWaitingForAStream) {
  Reflect();
  Ask("list_services: ''");
  admin_.reset();
  ServerReflectionResponse response;
  EXPECT_FALSE(stream_->Read(&response));
  EXPECT_FALSE(stream_->Finish().ok());
}

}  // namespace
}  // namespace fusebox::internal
