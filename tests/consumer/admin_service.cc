#include <grpcpp/grpcpp.h>

#include "fusebox/admin/service.h"  // link fusebox::admin
#include "fusebox/fusebox.h"        // link fusebox::fusebox

grpc::Status MayCall(const fusebox::AdminCall&) { return grpc::Status::OK; }

int main() {
  auto registry = fusebox::Registry::Create();
  grpc::ServerBuilder builder;
  fusebox::AdminOptions options;
  options.process_name = "greeter";
  options.read_only = false;  // the default is read-only
  options.authorize = MayCall;
  auto admin_service = fusebox::AddBreakerAdmin(&builder, registry, options);
}
