// hostile_admin.h: an admin service whose texts no Fusebox process would send.
//
//   HostileAdmin admin("hostile");
//   admin.breaker.set_cause("\x1b[2J");
//   RunTool({"list", "--admin", admin.address()});

#ifndef FUSEBOX_TESTS_TOOLS_HOSTILE_ADMIN_H_
#define FUSEBOX_TESTS_TOOLS_HOSTILE_ADMIN_H_

#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "fusebox/v1/admin.grpc.pb.h"

namespace fusebox {

// Lists one breaker and one event. Set both before the first call.
class HostileAdmin final : private v1::BreakerAdmin::Service {
 public:
  explicit HostileAdmin(const std::string& name)
      : address_("unix:/tmp/fusebox_" + name + "." + std::to_string(getpid())) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address_, grpc::InsecureServerCredentials());
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }

  const std::string& address() const { return address_; }

  v1::Breaker breaker;
  v1::Event event;

 private:
  using Context = grpc::ServerContext;

  grpc::Status ListBreakers(Context*, const v1::ListBreakersRequest*,
                            v1::ListBreakersResponse* response) override {
    *response->add_breakers() = breaker;
    return grpc::Status::OK;
  }

  grpc::Status ListEvents(Context*, const v1::ListEventsRequest*,
                          v1::ListEventsResponse* response) override {
    *response->add_events() = event;
    return grpc::Status::OK;
  }

  // Sends a snapshot and ends: whoever watches comes back for another one.
  grpc::Status WatchBreakers(
      Context*, const v1::WatchBreakersRequest*,
      grpc::ServerWriter<v1::WatchBreakersResponse>* writer) override {
    v1::WatchBreakersResponse response;
    response.set_snapshot(true);
    *response.add_breakers() = breaker;
    writer->Write(response);
    return grpc::Status::OK;
  }

  const std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_TOOLS_HOSTILE_ADMIN_H_
