#include "tools/dashboard/dashboard.h"

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <cstddef>
#include <utility>

#include "fusebox/base/clock.h"
#include "fusebox/v1/admin.grpc.pb.h"

namespace fusebox::tool {
namespace {

constexpr std::chrono::seconds kPastEventsTimeout{2};

std::vector<std::string> Texts(const std::vector<AdminAddress>& addresses) {
  std::vector<std::string> texts;
  texts.reserve(addresses.size());
  for (const AdminAddress& address : addresses) texts.push_back(address.text);
  return texts;
}

}  // namespace

Dashboard::Dashboard(const std::vector<AdminAddress>& processes)
    : relay_(Texts(processes)) {}

absl::StatusOr<std::unique_ptr<Dashboard>> Dashboard::Start(
    const std::vector<AdminAddress>& processes, PageServer::Options options) {
  std::unique_ptr<Dashboard> dashboard(new Dashboard(processes));
  absl::StatusOr<std::unique_ptr<PageServer>> server =
      PageServer::Start(&dashboard->relay_, std::move(options));
  if (!server.ok()) return server.status();
  dashboard->server_ = *std::move(server);
  for (size_t i = 0; i < processes.size(); ++i) {
    dashboard->connections_.push_back(
        std::make_unique<Connection>(processes[i]));
    dashboard->Watch(i, processes[i]);
  }
  return dashboard;
}

void Dashboard::Watch(size_t process, const AdminAddress& address) {
  v1::WatchBreakersRequest request;
  request.mutable_interval()->set_seconds(1);
  request.set_events(true);
  ProcessWatcher::Callbacks callbacks;
  callbacks.on_response = [this,
                           process](const v1::WatchBreakersResponse& response) {
    relay_.Update(process, response);
    if (response.snapshot()) ReadPastEvents(process);
  };
  callbacks.on_lost = [this, process](const grpc::Status& why) {
    relay_.Lose(process, StatusText(why));
  };
  watchers_.push_back(
      std::make_unique<ProcessWatcher>(address, request, std::move(callbacks)));
}

// If this fails, the page shows no events from before the watch.
void Dashboard::ReadPastEvents(size_t process) {
  grpc::ClientContext context;
  context.set_deadline(PreciseClock().WallNow() + kPastEventsTimeout);
  v1::ListEventsRequest request;
  request.add_type("TRANSITION");
  request.add_type("MODE");
  request.set_limit(10'000);
  v1::ListEventsResponse response;
  const grpc::Status status =
      connections_[process]->stub().ListEvents(&context, request, &response);
  if (status.ok()) relay_.AddEvents(process, response);
}

}  // namespace fusebox::tool
