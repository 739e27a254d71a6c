#include "fusebox/admin/service.h"

#include <grpcpp/server_builder.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
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
#include "fusebox/admin/internal/caller.h"
#include "fusebox/admin/internal/checks.h"
#include "fusebox/admin/internal/keep_with_server.h"
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
using internal::CallerName;
using internal::Check;
using internal::IntervalOf;
using internal::KeepWithServer;
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
                            BreakerAdmin::WithRawCallbackMethod_ListConfigs<
                                BreakerAdmin::WithRawCallbackMethod_CheckConfig<
                                    BreakerAdmin::
                                        WithRawCallbackMethod_UpdateConfig<
                                            BreakerAdmin::Service>>>>>>>>>>;

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
 private:
  static constexpr bool kReads = false;
  static constexpr bool kChanges = true;

  // The two ways in which a method does what a request asks for: whoever asks,
  // or in the name of the caller.
  auto DoIt() {
    return [this](const auto& request, const std::string&, auto* response) {
      return methods_.Do(request, response);
    };
  }
  auto DoItFor() {
    return
        [this](const auto& request, const std::string& author, auto* response) {
          return methods_.Do(request, author, response);
        };
  }

 public:
  Service(std::shared_ptr<Registry> registry, AdminOptions options)
      : options_(std::move(options)),
        registry_(std::move(registry)),
        event_log_(options_.event_log),
        reader_(std::make_shared<BreakerReader>(
            registry_, options_.process_name, options_.read_only)),
        hub_(std::make_shared<WatchHub>(reader_, options_.max_watchers,
                                        options_.watcher_events)),
        methods_(reader_.get(), &event_log_),
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
        "ListBreakers", kReads, context, *request, response, DoIt());
  }
  ServerUnaryReactor* GetBreaker(CallbackServerContext* context,
                                 const ByteBuffer* request,
                                 ByteBuffer* response) override {
    return Run<v1::GetBreakerRequest, v1::GetBreakerResponse>(
        "GetBreaker", kReads, context, *request, response, DoIt());
  }
  ServerUnaryReactor* ListEvents(CallbackServerContext* context,
                                 const ByteBuffer* request,
                                 ByteBuffer* response) override {
    return Run<v1::ListEventsRequest, v1::ListEventsResponse>(
        "ListEvents", kReads, context, *request, response, DoIt());
  }
  ServerUnaryReactor* GetConfig(CallbackServerContext* context,
                                const ByteBuffer* request,
                                ByteBuffer* response) override {
    return Run<v1::GetConfigRequest, v1::GetConfigResponse>(
        "GetConfig", kReads, context, *request, response, DoIt());
  }
  ServerUnaryReactor* ListConfigs(CallbackServerContext* context,
                                  const ByteBuffer* request,
                                  ByteBuffer* response) override {
    return Run<v1::ListConfigsRequest, v1::ListConfigsResponse>(
        "ListConfigs", kReads, context, *request, response, DoIt());
  }
  ServerUnaryReactor* SetMode(CallbackServerContext* context,
                              const ByteBuffer* request,
                              ByteBuffer* response) override {
    return Run<v1::SetModeRequest, v1::SetModeResponse>(
        "SetMode", kChanges, context, *request, response, DoItFor());
  }
  ServerUnaryReactor* ResetBreakers(CallbackServerContext* context,
                                    const ByteBuffer* request,
                                    ByteBuffer* response) override {
    return Run<v1::ResetBreakersRequest, v1::ResetBreakersResponse>(
        "ResetBreakers", kChanges, context, *request, response, DoItFor());
  }
  ServerUnaryReactor* UpdateConfig(CallbackServerContext* context,
                                   const ByteBuffer* request,
                                   ByteBuffer* response) override {
    return Run<v1::UpdateConfigRequest, v1::UpdateConfigResponse>(
        "UpdateConfig", kChanges, context, *request, response, DoItFor());
  }
  ServerUnaryReactor* CheckConfig(CallbackServerContext* context,
                                  const ByteBuffer* request,
                                  ByteBuffer* response) override {
    return Run<v1::UpdateConfigRequest, v1::UpdateConfigResponse>(
        "CheckConfig", kReads, context, *request, response,
        [this](const auto& wanted, const std::string&, auto* result) {
          result->set_read_only(options_.read_only);
          return methods_.CheckConfig(wanted, result);
        });
  }

  ServerWriteReactor<ByteBuffer>* WatchBreakers(
      CallbackServerContext* context, const ByteBuffer* bytes) override {
    v1::WatchBreakersRequest request;
    std::string author;
    const grpc::Status status =
        LetIn("WatchBreakers", kReads, *context, *bytes, &request, &author);
    if (!status.ok()) return new EndedWatch(status);
    return WatchReactor::Start(context, hub_,
                               {BreakerMatcher(request.filter()),
                                IntervalOf(request), request.events()});
  }

 private:
  template <typename Request, typename Response, typename Method>
  ServerUnaryReactor* Run(const char* name, bool changes,
                          CallbackServerContext* context,
                          const ByteBuffer& bytes, ByteBuffer* response,
                          Method method) {
    Request request;
    std::string author;
    grpc::Status status =
        LetIn(name, changes, *context, bytes, &request, &author);
    if (status.ok()) {
      Response message;
      status = ToGrpcStatus(method(request, author, &message));
      if (status.ok()) {
        const grpc::Slice slice(message.SerializeAsString());
        *response = ByteBuffer(&slice, 1);
      }
    }
    ServerUnaryReactor* const reactor = context->DefaultReactor();
    reactor->Finish(std::move(status));
    return reactor;
  }

  // Parses the request, and returns OK if the call may go on. Sets `author` to
  // the name of a caller who changes something.
  template <typename Request>
  grpc::Status LetIn(const char* method, bool changes,
                     const CallbackServerContext& context,
                     const ByteBuffer& bytes, Request* request,
                     std::string* author) {
    if (changes) *author = CallerName(context);
    grpc::Status allowed =
        Authorize(options_.authorize, {method, changes, context, author},
                  registry_.get());
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

}  // namespace

std::shared_ptr<AdminService> AddBreakerAdmin(
    grpc::ServerBuilder* builder, std::shared_ptr<Registry> registry,
    AdminOptions options) {
  auto service =
      std::make_shared<Service>(std::move(registry), std::move(options));
  builder->RegisterService(service.get());
  builder->SetOption(std::make_unique<KeepWithServer>(service));
  return service;
}

}  // namespace fusebox
