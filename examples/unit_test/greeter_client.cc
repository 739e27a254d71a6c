#include "examples/unit_test/greeter_client.h"

#include <grpcpp/grpcpp.h>

#include <string>

#include "fusebox/grpc/rejection.h"

namespace fusebox::example {

std::string GreeterClient::Greet(const std::string& name) {
  grpc::ClientContext context;
  GreetRequest request;
  GreetReply reply;
  request.set_name(name);
  last_status_ = stub_->Greet(&context, request, &reply);
  if (last_status_.ok()) return reply.greeting();
  return IsRejection(last_status_) ? "Hello." : "?";
}

}  // namespace fusebox::example
