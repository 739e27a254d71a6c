// grpc_faults: shows what gRPC itself does differently from version to version,
// without Fusebox. docs/compatibility.md says which version does what.
//
//   grpc_faults retries  calls with retries after a millisecond: how many hang
//   grpc_faults limit    the status of a stream that reads too large a message
//   grpc_faults peer     statuses that come before the peer's address

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/support/client_interceptor.h>

#include <atomic>
#include <chrono>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using grpc::experimental::ClientInterceptorFactoryInterface;
using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::Interceptor;
using std::chrono::seconds;
using std::chrono::system_clock;

const std::string kMethod = "/faults.Faults/Call";

// Ends each call: with ten bytes and OK if it `sends`, or else with
// RESOURCE_EXHAUSTED.
class Server final : public grpc::CallbackGenericService {
 public:
  explicit Server(bool sends) : sends_(sends) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterCallbackGenericService(this);
    server_ = builder.BuildAndStart();
  }
  ~Server() override { server_->Shutdown(); }

  std::string target() const { return "127.0.0.1:" + std::to_string(port_); }

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext*) override {
    return new Ending(sends_);
  }

 private:
  struct Ending final : grpc::ServerGenericBidiReactor {
    explicit Ending(bool sends) {
      if (sends) {
        StartWriteAndFinish(&message, grpc::WriteOptions(), grpc::Status());
      } else {
        Finish(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "busy"));
      }
    }
    void OnDone() override { delete this; }
    grpc::Slice slice{"ten bytes."};
    grpc::ByteBuffer message{&slice, 1};
  };

  const bool sends_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

// A callback stream that reads one message.
class Stream final
    : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  explicit Stream(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(channel) {
    stub_.PrepareBidiStreamingCall(&context_, kMethod, grpc::StubOptions(),
                                   this);
    StartRead(&message_);
    StartCall();
  }
  void OnDone(const grpc::Status& status) override { done_.set_value(status); }
  grpc::Status Await() { return done_.get_future().get(); }

 private:
  grpc::ClientContext context_;
  grpc::GenericStub stub_;
  grpc::ByteBuffer message_;
  std::promise<grpc::Status> done_;
};

int Retries() {
  const Server server(/*sends=*/false);
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(R"({"methodConfig": [{
      "name": [{}],
      "retryPolicy": {"maxAttempts": 3, "initialBackoff": "0.001s",
                      "maxBackoff": "0.001s", "backoffMultiplier": 1,
                      "retryableStatusCodes": ["RESOURCE_EXHAUSTED"]}}]})");
  const auto channel = grpc::CreateCustomChannel(
      server.target(), grpc::InsecureChannelCredentials(), arguments);
  grpc::GenericStub stub(channel);
  constexpr int kCalls = 1'000;
  for (int i = 0; i < kCalls; ++i) {
    grpc::ClientContext context;
    context.set_deadline(system_clock::now() + seconds(1));
    const grpc::Slice slice("?");
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer reply;
    std::promise<void> done;
    stub.UnaryCall(&context, kMethod, grpc::StubOptions(), &request, &reply,
                   [&](const grpc::Status&) { done.set_value(); });
    if (done.get_future().wait_for(seconds(10)) != std::future_status::ready) {
      std::cout << "call " << i + 1 << " hangs, 9 s after its deadline\n";
      std::cout.flush();
      std::quick_exit(1);  // the call can never be destroyed
    }
  }
  std::cout << kCalls << " calls, none hangs\n";
  return 0;
}

int Limit() {
  const Server server(/*sends=*/true);
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(1);
  grpc::GenericStub stub(grpc::CreateCustomChannel(
      server.target(), grpc::InsecureChannelCredentials(), arguments));
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const auto await = [&] {
    void* tag;
    bool ok;
    queue.Next(&tag, &ok);
  };
  const auto stream = stub.PrepareCall(&context, kMethod, &queue);
  stream->StartCall(nullptr);
  await();
  grpc::ByteBuffer message;
  stream->Read(&message, nullptr);
  await();
  grpc::Status status;
  stream->Finish(&status, nullptr);
  await();
  std::cout << "code " << status.error_code() << " \"" << status.error_message()
            << "\"\n";
  return status.error_code() != grpc::StatusCode::RESOURCE_EXHAUSTED;
}

std::atomic<int> statuses_without_peer{0};

class PeerReader final : public Interceptor {
 public:
  explicit PeerReader(grpc::ClientContext* context) : context_(*context) {}
  void Intercept(grpc::experimental::InterceptorBatchMethods* batch) override {
    if (batch->QueryInterceptionHookPoint(
            InterceptionHookPoints::POST_RECV_STATUS) &&
        context_.peer().rfind("ipv4:", 0) != 0) {
      ++statuses_without_peer;
    }
    batch->Proceed();
  }

 private:
  grpc::ClientContext& context_;
};

class PeerReaders final : public ClientInterceptorFactoryInterface {
  Interceptor* CreateClientInterceptor(
      grpc::experimental::ClientRpcInfo* info) override {
    return new PeerReader(info->client_context());
  }
};

int Peer() {
  const Server server(/*sends=*/false);
  std::vector<std::unique_ptr<ClientInterceptorFactoryInterface>> factories;
  factories.push_back(std::make_unique<PeerReaders>());
  const auto channel = grpc::experimental::CreateCustomChannelWithInterceptors(
      server.target(), grpc::InsecureChannelCredentials(),
      grpc::ChannelArguments(), std::move(factories));
  constexpr int kCalls = 2'000;
  for (int i = 0; i < kCalls; ++i) Stream(channel).Await();
  std::cout << statuses_without_peer << " of " << kCalls
            << " statuses came before the peer's address\n";
  return statuses_without_peer != 0;
}

}  // namespace

// Returns 1 if gRPC does what it should not.
int main(int argc, char** argv) {
  const std::string fault = argc == 2 ? argv[1] : "";
  std::cout << "gRPC " << grpc::Version() << ": ";
  if (fault == "retries") return Retries();
  if (fault == "limit") return Limit();
  if (fault == "peer") return Peer();
  std::cerr << "usage: grpc_faults retries|limit|peer\n";
  return 2;
}
