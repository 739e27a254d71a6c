// ping_channel.h: channels to a server in this process, and one call on them.

#ifndef FUSEBOX_BENCHMARKS_PING_CHANNEL_H_
#define FUSEBOX_BENCHMARKS_PING_CHANNEL_H_

#include <grpcpp/client_context.h>
#include <grpcpp/server.h>
#include <grpcpp/support/status.h>

#include <memory>

#include "benchmarks/ping.grpc.pb.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

// Each stub has its own channel.
class PingServer {
 public:
  PingServer();
  ~PingServer();

  using Stub = std::unique_ptr<benchmarks::Ping::Stub>;

  Stub WithoutInterceptors();
  Stub WithNoOpInterceptor();
  Stub WithFusebox(std::shared_ptr<Registry> registry);

 private:
  class Service;
  const std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
};

// Its breaker.
inline constexpr char kPing[] = "/fusebox.benchmarks.Ping/Ping";

inline grpc::Status PingOnce(benchmarks::Ping::Stub& stub) {
  grpc::ClientContext context;
  benchmarks::Nothing reply;
  return stub.Ping(&context, {}, &reply);
}

}  // namespace fusebox

#endif  // FUSEBOX_BENCHMARKS_PING_CHANNEL_H_
