#include "fusebox/admin/service.h"

#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_builder_plugin.h>
#include <grpcpp/impl/server_initializer.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/server_callback.h>
#include <grpcpp/support/slice.h>
#include <grpcpp/support/status.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/admin/internal/authorize.h"
#include "fusebox/admin/internal/breaker_matcher.h"
#include "fusebox/admin/internal/breaker_reader.h"
#include "fusebox/admin/internal/checks.h"
#include "fusebox/admin/internal/methods.h"
#include "fusebox/admin/internal/status.h"
#include "fusebox/admin/internal/watch_hub.h"
#include "fusebox/admin/internal/watch_reactor.h"
#include "fusebox/admin/options.h"
#include "fusebox/log/event_log.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/registry.h"
#include "fusebox/registry/subscription.h"
#include "fusebox/v1/admin.grpc.pb.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox {

using internal::AdminMethods;
using internal::Authorize;
using internal::BreakerMatcher;
using internal::BreakerReader;
using internal::Check;
using internal::IntervalOf;
using internal::ToGrpcStatus;
using internal::ToStatus;
using internal::WatchHub;
using internal::WatchReactor;

namespace {

using grpc::ByteBuffer;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;
using grpc::ServerWriteReactor;
using v1::BreakerAdmin;

// Takes and returns bytes in all methods, so that a request that is no message
// gets a clear status, and watchers share serialized messages.
using RawService = BreakerAdmin::WithRawCallbackMethod_ListBreakers<
    BreakerAdmin::WithRawCallbackMethod_GetBreaker<
        BreakerAdmin::WithRawCallbackMethod_WatchBreakers<
            BreakerAdmin::WithRawCallbackMethod_ListEvents<
                BreakerAdmin::WithRawCallbackMethod_SetMode<
                    BreakerAdmin::WithRawCallbackMethod_ResetBreakers<
                        BreakerAdmin::WithRawCallbackMethod_GetConfig<
                            BreakerAdmin::WithRawCallbackMethod_UpdateConfig<
                                BreakerAdmin::Service>>>>>>>>;

// A watch that ends at once.
class EndedWatch final : public ServerWriteReactor<ByteBuffer> {
 public:
  explicit EndedWatch(grpc::Status status) { Finish(std::move(status)); }
  void OnDone() override { delete this; }
};

bool Parse(const ByteBuffer& bytes, google::protobuf::Message* message) {
  ByteBuffer copy = bytes;  // of references
  grpc::ProtoBufferReader reader(&copy);
  return reader.status().ok() && message->ParseFromZeroCopyStream(&reader);
}

class Service final : public AdminService, public RawService {
 public:
  Service(std::shared_ptr<Registry> registry, AdminOptions options)
      : options_(std::move(options)),
        registry_(std::move(registry)),
        event_log_(options_.event_log),
        reader_(std::make_shared<BreakerReader>(
            registry_, options_.process_name, options_.read_only)),
        hub_(std::make_shared<WatchHub>(reader_, options_.max_watchers,
                                        options_.watcher_events)),
        methods_(reader_.get(), &event_log_, [this] { hub_->LookNow(); }),
        subscription_(registry_->Subscribe([this](const Event& event) {
          event_log_.OnEvent(event);
          reader_->OnEvent(event);
          hub_->OnEvent(event);
        })) {}

  // gRPC may clean up a watch later. The watch therefore shares the hub.
  ~Service() override { hub_->Stop(); }

  void EndWatches() override { hub_->Stop(); }
  size_t watchers() const override { return hub_->watchers(); }
  uint64_t looks() const override { return hub_->looks(); }

  ServerUnaryReactor* ListBreakers(CallbackServerContext* context,
                                   const ByteBuffer* request,
                                   ByteBuffer* response) override {
    return Run<v1::ListBreakersRequest, v1::ListBreakersResponse>(
        "ListBreakers", /*changes=*/false, context, *request, response);
  }
  ServerUnaryReactor* GetBreaker(CallbackServerContext* context,
                                 const ByteBuffer* request,
                                 ByteBuffer* response) override {
    return Run<v1::GetBreakerRequest, v1::GetBreakerResponse>(
        "GetBreaker", /*changes=*/false, context, *request, response);
  }
  ServerUnaryReactor* ListEvents(CallbackServerContext* context,
                                 const ByteBuffer* request,
                                 ByteBuffer* response) override {
    return Run<v1::ListEventsRequest, v1::ListEventsResponse>(
        "ListEvents", /*changes=*/false, context, *request, response);
  }
  ServerUnaryReactor* GetConfig(CallbackServerContext* context,
                                const ByteBuffer* request,
                                ByteBuffer* response) override {
    return Run<v1::GetConfigRequest, v1::GetConfigResponse>(
        "GetConfig", /*changes=*/false, context, *request, response);
  }
  ServerUnaryReactor* SetMode(CallbackServerContext* context,
                              const ByteBuffer* request,
                              ByteBuffer* response) override {
    return Run<v1::SetModeRequest, v1::SetModeResponse>(
        "SetMode", /*changes=*/true, context, *request, response);
  }
  ServerUnaryReactor* ResetBreakers(CallbackServerContext* context,
                                    const ByteBuffer* request,
                                    ByteBuffer* response) override {
    return Run<v1::ResetBreakersRequest, v1::ResetBreakersResponse>(
        "ResetBreakers", /*changes=*/true, context, *request, response);
  }
  ServerUnaryReactor* UpdateConfig(CallbackServerContext* context,
                                   const ByteBuffer* request,
                                   ByteBuffer* response) override {
    return Run<v1::UpdateConfigRequest, v1::UpdateConfigResponse>(
        "UpdateConfig", /*changes=*/true, context, *request, response);
  }

  ServerWriteReactor<ByteBuffer>* WatchBreakers(
      CallbackServerContext* context, const ByteBuffer* bytes) override {
    v1::WatchBreakersRequest request;
    const grpc::Status status =
        LetIn("WatchBreakers", /*changes=*/false, *context, *bytes, &request);
    if (!status.ok()) return new EndedWatch(status);
    return WatchReactor::Start(context, hub_,
                               {BreakerMatcher(request.filter()),
                                IntervalOf(request), request.events()});
  }

 private:
  template <typename Request, typename Response>
  ServerUnaryReactor* Run(const char* method, bool changes,
                          CallbackServerContext* context,
                          const ByteBuffer& bytes, ByteBuffer* response) {
    Request request;
    grpc::Status status = LetIn(method, changes, *context, bytes, &request);
    if (status.ok()) {
      Response message;
      status = ToGrpcStatus(methods_.Do(request, &message));
      if (status.ok()) {
        const grpc::Slice slice(message.SerializeAsString());
        *response = ByteBuffer(&slice, 1);
      }
    }
    ServerUnaryReactor* const reactor = context->DefaultReactor();
    reactor->Finish(std::move(status));
    return reactor;
  }

  // Parses the request, and returns OK if the call may go on.
  template <typename Request>
  grpc::Status LetIn(const char* method, bool changes,
                     const CallbackServerContext& context,
                     const ByteBuffer& bytes, Request* request) {
    grpc::Status allowed = Authorize(
        options_.authorize, {method, changes, context}, registry_.get());
    if (!allowed.ok()) return allowed;
    if (changes && options_.read_only) {
      return grpc::Status(
          grpc::StatusCode::PERMISSION_DENIED,
          std::string(method) + ": this process lets nobody change anything");
    }
    if (!Parse(bytes, request)) {
      return grpc::Status(
          grpc::StatusCode::INVALID_ARGUMENT,
          "the request is no " + std::string(request->GetTypeName()));
    }
    return ToGrpcStatus(ToStatus(Check(*request)));
  }

  const AdminOptions options_;
  const std::shared_ptr<Registry> registry_;
  EventLog event_log_;
  const std::shared_ptr<BreakerReader> reader_;
  const std::shared_ptr<WatchHub> hub_;
  AdminMethods methods_;
  const Subscription subscription_;  // last: its listener uses the rest
};

// A server owns only the services that plugins register. This one has no
// methods; it keeps the real service alive.
class Keeper final : public grpc::Service {
 public:
  explicit Keeper(std::shared_ptr<Service> kept) : kept_(std::move(kept)) {}

 private:
  const std::shared_ptr<Service> kept_;
};

// A builder takes plugins from its options only. This is both.
class Plugin final : public grpc::ServerBuilderPlugin,
                     public grpc::ServerBuilderOption {
 public:
  explicit Plugin(std::shared_ptr<Service> service)
      : service_(std::move(service)) {}

  // grpc::ServerBuilderOption:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>*
                         plugins) override {
    plugins->push_back(std::make_unique<Plugin>(service_));
  }

  // grpc::ServerBuilderPlugin:
  std::string name() override { return "fusebox.v1.BreakerAdmin"; }
  void InitServer(grpc::ServerInitializer* server) override {
    server->RegisterService(std::make_shared<Keeper>(service_));
  }
  void Finish(grpc::ServerInitializer*) override {}
  void ChangeArguments(const std::string&, void*) override {}

 private:
  const std::shared_ptr<Service> service_;
};

}  // namespace

std::shared_ptr<AdminService> AddBreakerAdmin(
    grpc::ServerBuilder* builder, std::shared_ptr<Registry> registry,
    AdminOptions options) {
  auto service =
      std::make_shared<Service>(std::move(registry), std::move(options));
  builder->RegisterService(service.get());
  builder->SetOption(std::make_unique<Plugin>(service));
  return service;
}

}  // namespace fusebox
