#include "demo/echo_server.h"

#include <grpc/grpc.h>
#include <grpcpp/alarm.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <string>

#include "demo/shop.h"

namespace outage {
namespace {

// One call. It deletes itself at its end.
class Echo final : public grpc::ServerGenericBidiReactor {
 public:
  explicit Echo(std::chrono::milliseconds takes) : takes_(takes) {
    StartRead(&message_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      Finish({grpc::StatusCode::INTERNAL, "there is no request"});
    } else if (takes_ == std::chrono::milliseconds::zero()) {
      Answer();
    } else {
      alarm_.Set(std::chrono::system_clock::now() + takes_,
                 [this](bool) { Answer(); });
    }
  }

  void OnDone() override { delete this; }

 private:
  void Answer() {
    StartWriteAndFinish(&message_, grpc::WriteOptions(), grpc::Status::OK);
  }

  const std::chrono::milliseconds takes_;
  grpc::ByteBuffer message_;
  grpc::Alarm alarm_;
};

class EchoService final : public grpc::CallbackGenericService {
 public:
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    return new Echo(TimeOf(context->method()));
  }
};

}  // namespace

int Serve(int port) {
  EchoService service;
  int bound_port = 0;
  grpc::ServerBuilder builder;
  // Prevents another process from listening on the same port.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddListeningPort("127.0.0.1:" + std::to_string(port),
                           grpc::InsecureServerCredentials(), &bound_port);
  builder.RegisterCallbackGenericService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || bound_port == 0) {
    std::cerr << "outage: the server cannot listen on port " << port << "\n";
    return 1;
  }
  std::cout << "ready " << bound_port << std::endl;
  server->Wait();
  return 0;
}

}  // namespace outage
