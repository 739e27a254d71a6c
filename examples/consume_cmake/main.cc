// main.cc: a client with circuit breakers, a log, metrics and an admin service.
// Its backend is down: nothing listens at the address. After two failures the
// circuit opens, and the third call is rejected without touching the network.

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <future>
#include <iostream>
#include <memory>
#include <utility>

#include "fusebox/admin/server.h"
#include "fusebox/fusebox.h"
#include "fusebox/prometheus/collectable.h"

// A generic stub needs no .proto file. A generated stub takes the same channel.
grpc::Status Checkout(grpc::GenericStub& stub) {
  grpc::ClientContext context;
  const grpc::Slice empty;
  const grpc::ByteBuffer request(&empty, 1);
  grpc::ByteBuffer reply;
  std::promise<grpc::Status> status;
  stub.UnaryCall(
      &context, "/shop.v1.Cart/Checkout", grpc::StubOptions(), &request, &reply,
      [&status](grpc::Status result) { status.set_value(std::move(result)); });
  return status.get_future().get();
}

int main() {
  auto registry =
      fusebox::Registry::Create(fusebox::LoadConfigFile("breakers.json"));
  if (!registry.ok()) {
    std::cerr << registry.status().message() << "\n";
    return 1;
  }
  const fusebox::Logger logger(*registry);  // a few lines per outage
  const fusebox::PrometheusCollectable metrics(*registry);
  auto admin = fusebox::AdminServer::Create(*registry, "127.0.0.1:0");
  if (!admin.ok()) {
    std::cerr << admin.status().message() << "\n";
    return 1;
  }

  auto channel = fusebox::CreateChannel(
      "127.0.0.1:1", grpc::InsecureChannelCredentials(), *registry);
  grpc::GenericStub stub(channel);
  int rejected = 0;
  for (int call = 1; call <= 3; ++call) {
    const bool at_once = fusebox::IsRejection(Checkout(stub));
    std::cout << "Call " << call
              << (at_once ? " was rejected.\n" : " failed.\n");
    rejected += at_once ? 1 : 0;
  }
  std::cout << (metrics.Collect().empty() ? "There are no metrics.\n"
                                          : "The metrics are ready.\n");
  return rejected == 1 && !metrics.Collect().empty() ? 0 : 1;
}
