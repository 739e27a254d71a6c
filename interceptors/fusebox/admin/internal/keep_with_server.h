// keep_with_server.h: keeps an object alive as long as a server.
//
//   builder->RegisterService(service.get());
//   builder->SetOption(std::make_unique<KeepWithServer>(service));
//
// gRPC's builder does not own the services that it registers.

#ifndef FUSEBOX_ADMIN_INTERNAL_KEEP_WITH_SERVER_H_
#define FUSEBOX_ADMIN_INTERNAL_KEEP_WITH_SERVER_H_

#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_builder_plugin.h>
#include <grpcpp/impl/server_initializer.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/support/channel_arguments.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace fusebox::internal {

// A builder takes plugins from its options only. This is both.
class KeepWithServer final : public grpc::ServerBuilderPlugin,
                             public grpc::ServerBuilderOption {
 public:
  explicit KeepWithServer(std::shared_ptr<void> kept)
      : kept_(std::move(kept)) {}

  // grpc::ServerBuilderOption:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>*
                         plugins) override {
    plugins->push_back(std::make_unique<KeepWithServer>(kept_));
  }

  // grpc::ServerBuilderPlugin:
  std::string name() override { return "fusebox.KeepWithServer"; }
  void InitServer(grpc::ServerInitializer* server) override {
    server->RegisterService(std::make_shared<Keeper>(kept_));
  }
  void Finish(grpc::ServerInitializer*) override {}
  void ChangeArguments(const std::string&, void*) override {}

 private:
  // A server owns only the services that plugins register. This one has no
  // methods.
  class Keeper final : public grpc::Service {
   public:
    explicit Keeper(std::shared_ptr<void> kept) : kept_(std::move(kept)) {}

   private:
    const std::shared_ptr<void> kept_;
  };

  const std::shared_ptr<void> kept_;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_KEEP_WITH_SERVER_H_
