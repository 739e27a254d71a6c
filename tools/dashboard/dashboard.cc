#include "tools/dashboard/dashboard.h"

#include <grpcpp/support/status.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "fusebox/v1/admin.pb.h"
#include "tools/admin/connection.h"
#include "tools/admin/process_watcher.h"
#include "tools/dashboard/coverage.h"

namespace fusebox::tool {
namespace {

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

Dashboard::Dashboard() : relay_({}) {}

Dashboard::~Dashboard() = default;

absl::StatusOr<std::unique_ptr<Dashboard>> Dashboard::Start(
    const std::vector<AdminAddress>& processes, PageServer::Options options,
    std::vector<AdminAddress> patterns) {
  std::unique_ptr<Dashboard> dashboard(new Dashboard);
  absl::StatusOr<std::unique_ptr<PageServer>> server =
      PageServer::Start(&dashboard->relay_, std::move(options));
  if (!server.ok()) return server.status();
  dashboard->server_ = *std::move(server);
  Relay* const relay = &dashboard->relay_;
  auto* const watched = &dashboard->processes_;
  dashboard->set_ = std::make_unique<ProcessSet>(
      processes, std::move(patterns),
      ProcessSet::Callbacks{[=](size_t i, const AdminAddress& address) {
                              relay->Add(address.text);
                              watched->push_back(
                                  std::make_unique<Process>(relay, i, address));
                            },
                            [=](size_t i) {
                              if (!relay->End(i)) return false;
                              (*watched)[i].reset();
                              return true;
                            }});
  return dashboard;
}

}  // namespace fusebox::tool
