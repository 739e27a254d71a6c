#include "tests/tools/fake_admin.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/server_context.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/base/mutex.h"
#include "fusebox/registry/breaker_name.h"
#include "tools/admin/name_of.h"

namespace fusebox {
namespace {

using grpc::ServerContext;
using grpc::Status;
using grpc::StatusCode;
using tool::NameOf;

}  // namespace

v1::Breaker MakeBreaker(const std::string& method, v1::State state) {
  v1::Breaker breaker;
  breaker.mutable_name()->set_method(method);
  breaker.set_state(state);
  breaker.set_mode(v1::Policy::ENFORCE);
  return breaker;
}

v1::Event MakeTransition(const std::string& method, v1::State from,
                         v1::State to) {
  v1::Event event;
  event.set_type("TRANSITION");
  event.mutable_breaker()->set_method(method);
  event.set_from(from);
  event.set_to(to);
  event.mutable_time()->set_seconds(1700000000);
  event.set_text(method + " " + v1::State_Name(from) + " -> " +
                 v1::State_Name(to));
  return event;
}

class FakeAdmin::Service final : public v1::BreakerAdmin::Service {
 public:
  // Changes something, and tells who watches.
  template <typename Change>
  void Do(Change change) {
    {
      const MutexLock lock(mu_);
      ++version_;
      change();
    }
    changed_.notify_all();
  }

  Status WatchBreakers(
      ServerContext* context, const v1::WatchBreakersRequest* request,
      grpc::ServerWriter<v1::WatchBreakersResponse>* writer) override {
    uint64_t seen = 0;
    uint64_t seen_event;
    {
      const MutexLock lock(mu_);
      seen_event = last_event_;
      ++watchers_;
    }
    changed_.notify_all();
    while (!context->IsCancelled()) {
      v1::WatchBreakersResponse response;
      {
        const MutexLock lock(mu_);
        if (stopping_) break;
        if (seen == version_) {
          changed_.wait_for(mu_, std::chrono::milliseconds(5));
          continue;
        }
        Collect(*request, seen, seen_event, &response);
        seen = version_;
        seen_event = last_event_;
      }
      if (!writer->Write(response)) break;
    }
    const MutexLock lock(mu_);
    --watchers_;
    changed_.notify_all();
    return Status(StatusCode::UNAVAILABLE, "stopped");
  }

  Status ListEvents(ServerContext* /*context*/,
                    const v1::ListEventsRequest* request,
                    v1::ListEventsResponse* response) override {
    const MutexLock lock(mu_);
    for (const v1::Event& event : events_) {
      if (event.sequence() > request->after_sequence()) {
        *response->add_events() = event;
      }
    }
    return Status::OK;
  }

  struct Entry {
    v1::Breaker breaker;
    uint64_t version = 0;
  };

  Mutex mu_;
  std::condition_variable_any changed_;
  bool stopping_ = false;
  int watchers_ = 0;
  uint64_t version_ = 1;
  uint64_t last_event_ = 0;
  uint64_t incarnations_ = 0;
  std::map<BreakerName, Entry> breakers_;
  std::vector<v1::Event> events_;
  v1::Process process_;

 private:
  // Adds what is newer than `seen`, or every breaker if that is 0.
  void Collect(const v1::WatchBreakersRequest& request, uint64_t seen,
               uint64_t seen_event, v1::WatchBreakersResponse* response) {
    response->set_snapshot(seen == 0);
    *response->mutable_process() = process_;
    for (const auto& [name, entry] : breakers_) {
      if (entry.version > seen || seen == 0) {
        *response->add_breakers() = entry.breaker;
      }
    }
    for (const v1::Event& event : events_) {
      if (request.events() && seen != 0 && event.sequence() > seen_event) {
        *response->add_events() = event;
      }
    }
  }
};

FakeAdmin::FakeAdmin() : FakeAdmin("127.0.0.1:0") {}

FakeAdmin::FakeAdmin(const std::string& address)
    : address_(address), service_(std::make_unique<Service>()) {
  service_->process_.set_name("fake");
  service_->process_.set_pid(getpid());
  service_->process_.set_config_generation(1);
  Serve();
}

FakeAdmin::~FakeAdmin() { Stop(); }

std::string FakeAdmin::UnixAddress(const std::string& name) {
  // Not where a test's other files are: such a path has 107 bytes at most.
  return "unix:/tmp/fusebox_" + name + "." + std::to_string(getpid());
}

void FakeAdmin::Serve() {
  const std::string suffix = std::to_string(++service_->incarnations_);
  service_->process_.set_incarnation("incarnation-" + suffix);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address_, grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(service_.get());
  server_ = builder.BuildAndStart();
  ASSERT_NE(server_, nullptr) << address_;
  if (address_ == "127.0.0.1:0") {
    address_ = "127.0.0.1:" + std::to_string(port);
  }
}

void FakeAdmin::Stop() {
  if (server_ == nullptr) return;
  service_->Do([&] { service_->stopping_ = true; });
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
  server_ = nullptr;
}

void FakeAdmin::Restart() {
  Stop();
  service_->Do([&] {
    service_->stopping_ = false;
    service_->last_event_ = 0;
    service_->events_.clear();
  });
  Serve();
}

void FakeAdmin::Put(const v1::Breaker& breaker) {
  service_->Do([&] {
    const BreakerName name = NameOf(breaker.name());
    service_->breakers_[name] = {breaker, service_->version_};
  });
}

void FakeAdmin::SetProcess(const v1::Process& process) {
  service_->Do([&] {
    const std::string incarnation = service_->process_.incarnation();
    service_->process_ = process;
    service_->process_.set_incarnation(incarnation);
  });
}

uint64_t FakeAdmin::Add(v1::Event event) {
  uint64_t number = 0;
  service_->Do([&] {
    number = ++service_->last_event_;
    event.set_sequence(number);
    service_->events_.push_back(std::move(event));
  });
  return number;
}

void FakeAdmin::AwaitWatchers(int count) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  const MutexLock lock(service_->mu_);
  while (service_->watchers_ != count) {
    ASSERT_EQ(service_->changed_.wait_until(service_->mu_, end),
              std::cv_status::no_timeout)
        << service_->watchers_ << " watch, not " << count;
  }
}

}  // namespace fusebox
