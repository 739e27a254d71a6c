#include "tests/tools/fake_admin.h"

#include <fnmatch.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/server_context.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "fusebox/base/mutex.h"

namespace fusebox {
namespace {

using grpc::ServerContext;
using grpc::Status;
using grpc::StatusCode;

using Name = std::tuple<std::string, std::string, std::string>;

Name NameOf(const v1::BreakerName& name) {
  return {name.target(), name.method(), name.key()};
}

bool Matches(const std::string& pattern, const std::string& text) {
  return pattern.empty() || fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

bool Matches(const v1::BreakerFilter& filter, const v1::BreakerName& name) {
  return Matches(filter.target(), name.target()) &&
         Matches(filter.method(), name.method()) &&
         Matches(filter.key(), name.key());
}

bool Matches(const v1::BreakerFilter& filter, const v1::Breaker& breaker) {
  const auto& states = filter.state();
  if (!states.empty() && std::find(states.begin(), states.end(),
                                   breaker.state()) == states.end()) {
    return false;
  }
  if (filter.troubled() && breaker.state() == v1::CLOSED &&
      !breaker.has_operator_mode()) {
    return false;
  }
  return Matches(filter, breaker.name());
}

Status NoneMatches() {
  return Status(StatusCode::NOT_FOUND, "no breaker matches");
}

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

  Status ListBreakers(ServerContext* /*context*/,
                      const v1::ListBreakersRequest* request,
                      v1::ListBreakersResponse* response) override {
    const MutexLock lock(mu_);
    if (Status status = Enter(*request); !status.ok()) return status;
    for (const auto& [name, entry] : breakers_) {
      if (Matches(request->filter(), entry.breaker)) {
        *response->add_breakers() = entry.breaker;
      }
    }
    *response->mutable_process() = process_;
    return Status::OK;
  }

  Status GetBreaker(ServerContext* /*context*/,
                    const v1::GetBreakerRequest* request,
                    v1::GetBreakerResponse* response) override {
    const MutexLock lock(mu_);
    if (Status status = Enter(*request); !status.ok()) return status;
    const auto found = breakers_.find(NameOf(request->name()));
    if (found == breakers_.end()) {
      return Status(StatusCode::NOT_FOUND, "no breaker of that name");
    }
    *response->mutable_breaker() = found->second.breaker;
    *response->mutable_policy() = policy_;
    for (const v1::Event& event : events_) {
      if (NameOf(event.breaker()) == found->first) {
        *response->add_events() = event;
      }
    }
    return Status::OK;
  }

  Status WatchBreakers(
      ServerContext* context, const v1::WatchBreakersRequest* request,
      grpc::ServerWriter<v1::WatchBreakersResponse>* writer) override {
    uint64_t seen = 0;
    uint64_t seen_event;
    uint64_t seen_missed;
    {
      const MutexLock lock(mu_);
      if (Status status = Enter(*request); !status.ok()) return status;
      seen_event = last_event_;
      seen_missed = missed_;
      ++watchers_;
    }
    changed_.notify_all();
    while (!context->IsCancelled()) {
      v1::WatchBreakersResponse response;
      {
        const MutexLock lock(mu_);
        if (stopping_ || !failure_.ok()) break;
        if (seen == version_) {
          changed_.wait_for(mu_, std::chrono::milliseconds(5));
          continue;
        }
        Collect(*request, seen, seen_event, &response);
        response.set_missed_events(missed_ - seen_missed);
        seen = version_;
        seen_event = last_event_;
        seen_missed = missed_;
      }
      if (!writer->Write(response)) break;
    }
    const MutexLock lock(mu_);
    --watchers_;
    changed_.notify_all();
    return stopping_ ? Status(StatusCode::UNAVAILABLE, "stopped") : failure_;
  }

  Status ListEvents(ServerContext* /*context*/,
                    const v1::ListEventsRequest* request,
                    v1::ListEventsResponse* response) override {
    const MutexLock lock(mu_);
    if (Status status = Enter(*request); !status.ok()) return status;
    std::vector<v1::Event> wanted;
    for (const v1::Event& event : events_) {
      const auto& types = request->type();
      if (event.sequence() > request->after_sequence() &&
          Matches(request->filter(), event.breaker()) &&
          (types.empty() || std::find(types.begin(), types.end(),
                                      event.type()) != types.end())) {
        wanted.push_back(event);
      }
    }
    const size_t limit = request->limit() == 0 ? 1000 : request->limit();
    const size_t skip = wanted.size() - std::min(limit, wanted.size());
    for (size_t i = skip; i < wanted.size(); ++i) {
      *response->add_events() = wanted[i];
    }
    return Status::OK;
  }

  Status SetMode(ServerContext* /*context*/, const v1::SetModeRequest* request,
                 v1::SetModeResponse* response) override {
    const MutexLock lock(mu_);
    if (Status status = Enter(*request); !status.ok()) return status;
    if (Status status = MayWrite(); !status.ok()) return status;
    for (auto& [name, entry] : breakers_) {
      v1::Breaker& breaker = entry.breaker;
      if (!Matches(request->filter(), breaker)) continue;
      breaker.clear_operator_mode();
      breaker.clear_operator_mode_left();
      breaker.set_mode(v1::Policy::ENFORCE);
      if (request->has_mode()) {
        breaker.set_mode(request->mode());
        breaker.set_operator_mode(request->mode());
        if (request->has_time_limit()) {
          *breaker.mutable_operator_mode_left() = request->time_limit();
        }
      }
      *response->add_breakers() = breaker;
      entry.version = ++version_;
    }
    return response->breakers().empty() ? NoneMatches() : Status::OK;
  }

  Status ResetBreakers(ServerContext* /*context*/,
                       const v1::ResetBreakersRequest* request,
                       v1::ResetBreakersResponse* response) override {
    const MutexLock lock(mu_);
    if (Status status = Enter(*request); !status.ok()) return status;
    if (Status status = MayWrite(); !status.ok()) return status;
    for (auto& [name, entry] : breakers_) {
      if (!Matches(request->filter(), entry.breaker)) continue;
      entry.breaker.set_state(v1::CLOSED);
      *response->add_breakers() = entry.breaker;
      entry.version = ++version_;
    }
    return response->breakers().empty() ? NoneMatches() : Status::OK;
  }

  Status GetConfig(ServerContext* /*context*/,
                   const v1::GetConfigRequest* request,
                   v1::GetConfigResponse* response) override {
    const MutexLock lock(mu_);
    if (Status status = Enter(*request); !status.ok()) return status;
    response->set_generation(process_.config_generation());
    *response->mutable_config() = config_;
    return Status::OK;
  }

  Status UpdateConfig(ServerContext* /*context*/,
                      const v1::UpdateConfigRequest* request,
                      v1::UpdateConfigResponse* response) override {
    const MutexLock lock(mu_);
    if (Status status = Enter(*request); !status.ok()) return status;
    if (Status status = MayWrite(); !status.ok()) return status;
    const uint64_t generation = process_.config_generation();
    if (request->generation() != generation) {
      return Status(StatusCode::ABORTED,
                    "generation " + std::to_string(request->generation()) +
                        " is not in force; " + std::to_string(generation) +
                        " is");
    }
    config_ = request->config();
    process_.set_config_generation(generation + 1);
    response->set_generation(generation + 1);
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
  Status failure_;
  uint64_t version_ = 1;
  uint64_t last_event_ = 0;
  uint64_t missed_ = 0;
  uint64_t incarnations_ = 0;
  std::map<Name, Entry> breakers_;
  std::map<Name, uint64_t> gone_;  // when
  std::vector<v1::Event> events_;
  v1::Process process_;
  v1::Config config_;
  v1::Policy policy_;
  std::vector<std::pair<std::string, std::string>> requests_;  // type, bytes

 private:
  Status Enter(const google::protobuf::Message& request) FUSEBOX_REQUIRES(mu_) {
    requests_.emplace_back(request.GetTypeName(), request.SerializeAsString());
    return failure_;
  }

  Status MayWrite() const {
    return process_.read_only()
               ? Status(StatusCode::PERMISSION_DENIED, "read-only")
               : Status::OK;
  }

  // What is newer than `seen`; all of it where that is 0.
  void Collect(const v1::WatchBreakersRequest& request, uint64_t seen,
               uint64_t seen_event, v1::WatchBreakersResponse* response) {
    response->set_snapshot(seen == 0);
    *response->mutable_process() = process_;
    for (const auto& [name, entry] : breakers_) {
      if (entry.version <= seen && seen != 0) continue;
      if (Matches(request.filter(), entry.breaker)) {
        *response->add_breakers() = entry.breaker;
      } else if (seen != 0) {
        *response->add_gone() = entry.breaker.name();
      }
    }
    if (seen == 0) return;
    for (const auto& [name, when] : gone_) {
      if (when <= seen) continue;
      v1::BreakerName* const gone = response->add_gone();
      gone->set_target(std::get<0>(name));
      gone->set_method(std::get<1>(name));
      gone->set_key(std::get<2>(name));
    }
    for (const v1::Event& event : events_) {
      if (request.events() && event.sequence() > seen_event &&
          Matches(request.filter(), event.breaker())) {
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
    service_->missed_ = 0;
    service_->events_.clear();
    service_->gone_.clear();
  });
  Serve();
}

void FakeAdmin::Put(const v1::Breaker& breaker) {
  service_->Do([&] {
    const Name name = NameOf(breaker.name());
    service_->gone_.erase(name);
    service_->breakers_[name] = {breaker, service_->version_};
  });
}

void FakeAdmin::Remove(const v1::BreakerName& name) {
  service_->Do([&] {
    service_->breakers_.erase(NameOf(name));
    service_->gone_[NameOf(name)] = service_->version_;
  });
}

void FakeAdmin::Put(const v1::Config& config) {
  service_->Do([&] { service_->config_ = config; });
}

void FakeAdmin::Put(const v1::Policy& policy) {
  service_->Do([&] { service_->policy_ = policy; });
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

void FakeAdmin::Miss(uint64_t events) {
  service_->Do([&] {
    service_->last_event_ += events;
    service_->missed_ += events;
  });
}

void FakeAdmin::Fail(const Status& status) {
  service_->Do([&] { service_->failure_ = status; });
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

std::vector<std::string> FakeAdmin::Recorded(const std::string& type) const {
  std::vector<std::string> bytes;
  const MutexLock lock(service_->mu_);
  for (const auto& request : service_->requests_) {
    if (request.first == type) bytes.push_back(request.second);
  }
  return bytes;
}

}  // namespace fusebox
