#include "tools/dashboard/dashboard.h"

#include <grpcpp/support/status.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

#include "fusebox/v1/admin.pb.h"
#include "tools/admin/connection.h"
#include "tools/admin/process_watcher.h"
#include "tools/dashboard/coverage.h"

namespace fusebox::tool {
namespace {

std::vector<std::string> Texts(const std::vector<AdminAddress>& addresses) {
  std::vector<std::string> texts;
  texts.reserve(addresses.size());
  for (const AdminAddress& address : addresses) texts.push_back(address.text);
  return texts;
}

v1::WatchBreakersRequest EverySecond() {
  static_assert(Coverage::kInterval == std::chrono::seconds(1));
  v1::WatchBreakersRequest request;
  request.mutable_interval()->set_seconds(1);
  request.set_events(true);
  return request;
}

}  // namespace

// Watches one process.
class Dashboard::Process {
 public:
  Process(Relay* relay, size_t index, const AdminAddress& address)
      : relay_(*relay),
        index_(index),
        watcher_(address, EverySecond(),
                 {nullptr,
                  [this](const v1::WatchBreakersResponse& response) {
                    relay_.Update(index_, response);
                    if (response.snapshot()) in_snapshot_ = true;
                    if (response.more() || !in_snapshot_) return;
                    in_snapshot_ = false;
                    ReadPastEvents();
                  },
                  [this](const grpc::Status& why) {
                    relay_.Lose(index_, StatusText(why));
                  }}) {}

 private:
  // If this fails, the page shows no events from before the watch.
  void ReadPastEvents() {
    v1::ListEventsRequest request;
    request.add_type("TRANSITION");
    request.add_type("MODE");
    request.add_type("CONFIG_UPDATED");
    request.add_type("CONFIG_REFUSED");
    request.set_limit(kMaxListedEvents);
    v1::ListEventsResponse response;
    const grpc::Status status = watcher_.ListEvents(request, &response);
    if (status.ok()) relay_.AddEvents(index_, response);
  }

  Relay& relay_;
  const size_t index_;
  bool in_snapshot_ = false;  // used by the watcher's thread only
  ProcessWatcher watcher_;    // last, because its thread uses the other members
};

Dashboard::Dashboard(const std::vector<AdminAddress>& processes)
    : relay_(Texts(processes)) {}

Dashboard::~Dashboard() = default;

absl::StatusOr<std::unique_ptr<Dashboard>> Dashboard::Start(
    const std::vector<AdminAddress>& processes, PageServer::Options options) {
  std::unique_ptr<Dashboard> dashboard(new Dashboard(processes));
  absl::StatusOr<std::unique_ptr<PageServer>> server =
      PageServer::Start(&dashboard->relay_, std::move(options));
  if (!server.ok()) return server.status();
  dashboard->server_ = *std::move(server);
  for (size_t i = 0; i < processes.size(); ++i) {
    dashboard->processes_.push_back(
        std::make_unique<Process>(&dashboard->relay_, i, processes[i]));
  }
  return dashboard;
}

}  // namespace fusebox::tool
