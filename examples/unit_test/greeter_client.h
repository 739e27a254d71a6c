// greeter_client.h: a typical client class of an application.

#ifndef FUSEBOX_EXAMPLES_UNIT_TEST_GREETER_CLIENT_H_
#define FUSEBOX_EXAMPLES_UNIT_TEST_GREETER_CLIENT_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "examples/quickstart/greeter.grpc.pb.h"

namespace fusebox::example {

// Always returns a greeting, even if the call fails.
class GreeterClient {
 public:
  explicit GreeterClient(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(Greeter::NewStub(channel)) {}

  // The server's greeting; a plain one while its circuit is open; nothing but
  // "?" where it fails.
  std::string Greet(const std::string& name);

  // How the last call ended.
  const grpc::Status& last_status() const { return last_status_; }

 private:
  const std::unique_ptr<Greeter::Stub> stub_;
  grpc::Status last_status_;
};

}  // namespace fusebox::example

#endif  // FUSEBOX_EXAMPLES_UNIT_TEST_GREETER_CLIENT_H_
