// config_file: one circuit breaker per method, with numbers from a file that
// may change while the process runs.
//
//   config_file examples/config_file/breakers.json
//
// The server is in this process and fails every call. Each method shows what
// its policy does about it. Then the program changes a copy of the file.

#include "fusebox/registry/config_file.h"

#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>

#include "examples/config_file/shop.grpc.pb.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/config/config_parser.h"
#include "fusebox/grpc/channel.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/policy/policy_table.h"

using shop::v1::Answer;
using shop::v1::Cart;
using shop::v1::Order;
using shop::v1::Search;

namespace {

const grpc::Status kClosed(grpc::StatusCode::UNAVAILABLE, "closed on Sundays");

class ClosedCart final : public Cart::Service {
  grpc::Status AddItem(grpc::ServerContext*, const Order*, Answer*) override {
    return kClosed;
  }
  grpc::Status Checkout(grpc::ServerContext*, const Order*, Answer*) override {
    return kClosed;
  }
};

class ClosedSearch final : public Search::Service {
  grpc::Status Query(grpc::ServerContext*, const Order*, Answer*) override {
    return kClosed;
  }
};

using Rpc = std::function<grpc::Status(grpc::ClientContext*)>;

std::string ReadFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Prints the method's policy and the results of seven calls.
void Try(const std::string& method, const fusebox::Policy& policy,
         const Rpc& rpc) {
  std::cout << method << ": " << policy.consecutive_failures
            << " failures open it for "
            << fusebox::FormatDuration(policy.open_duration) << ", "
            << policy.mode << "\n ";
  for (int i = 0; i < 7; ++i) {
    grpc::ClientContext context;
    const grpc::Status status = rpc(&context);
    std::cout << (status.ok()                    ? " ok"
                  : fusebox::IsRejection(status) ? " rejected"
                                                 : " failed");
  }
  std::cout << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: config_file CONFIG\n";
    return 2;
  }
  const std::filesystem::path copy =
      std::filesystem::temp_directory_path() /
      ("breakers-" + std::to_string(getpid()) + ".json");
  std::ofstream(copy) << ReadFile(argv[1]);
  const std::string path = copy.string();

  ClosedCart cart;
  ClosedSearch search;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterService(&cart);
  builder.RegisterService(&search);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();

  auto registry = fusebox::Registry::Create(fusebox::LoadConfigFile(path));
  if (!registry.ok()) {
    std::cerr << registry.status().message() << "\n";
    return 1;
  }
  auto channel =
      fusebox::CreateChannel("127.0.0.1:" + std::to_string(port),
                             grpc::InsecureChannelCredentials(), *registry);

  auto file = fusebox::ConfigFile::Watch(path, *registry, {});
  if (!file.ok()) {
    std::cerr << file.status().message() << "\n";
    return 1;
  }

  const auto cart_stub = Cart::NewStub(channel);
  const auto search_stub = Search::NewStub(channel);
  const Order order;
  Answer answer;
  const auto try_method = [&](const std::string& method, const Rpc& rpc) {
    const auto policies =
        fusebox::PolicyTable::Create((*registry)->config_in_force().config);
    Try(method, *(*policies)->Find(method), rpc);
  };
  const Rpc query = [&](grpc::ClientContext* context) {
    return search_stub->Query(context, order, &answer);
  };
  try_method("/shop.v1.Cart/AddItem", [&](grpc::ClientContext* context) {
    return cart_stub->AddItem(context, order, &answer);
  });
  try_method("/shop.v1.Cart/Checkout", [&](grpc::ClientContext* context) {
    return cart_stub->Checkout(context, order, &answer);
  });
  try_method("/shop.v1.Search/Query", query);

  // The ConfigFile reads the file once per second. Check() does not wait for
  // it.
  std::string text = ReadFile(path);
  text.replace(text.find("DRY_RUN"), 7, "ENFORCE");
  std::ofstream(path) << text;
  std::cout << "the file changes: " << (*file)->Check() << "\n";
  try_method("/shop.v1.Search/Query", query);
  std::filesystem::remove(copy);
}
