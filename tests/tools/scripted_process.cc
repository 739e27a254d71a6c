#include "tests/tools/scripted_process.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/core/permit.h"
#include "fusebox/registry/internal/binding.h"
#include "fusebox/registry/internal/dispatcher.h"

namespace {

std::atomic<pid_t> restarts{0};

}  // namespace

// The service makes its incarnation from the process's number, so a restart
// needs another number. This definition takes the place of the C library's.
extern "C" pid_t getpid() noexcept {
  return static_cast<pid_t>(syscall(SYS_getpid)) + restarts.load();
}

namespace fusebox {

using internal::CallEnd;
using internal::Dispatcher;
using internal::ObservedBreaker;

std::string ScriptedProcess::UnixAddress(const std::string& name) {
  return "unix:/tmp/fusebox_" + name + "." +
         std::to_string(syscall(SYS_getpid)) + "/admin.sock";
}

ScriptedProcess::ScriptedProcess(const std::string& name, Config config,
                                 bool read_only, const std::string& address)
    : address_(address.empty() ? UnixAddress(name) : address),
      name_(name),
      config_(std::move(config)),
      read_only_(read_only) {
  Restart();
}

void ScriptedProcess::Stop() {
  server_.reset();
  ManualRegistry::Stop();
}

void ScriptedProcess::Restart() {
  Stop();
  restarts.fetch_add(1);
  Start(config_);
  AdminOptions admin;
  admin.read_only = read_only_;
  admin.process_name = name_;
  admin.watcher_events = 2 * Dispatcher::kQueueCapacity;  // none is lost there
  admin.authorize = [this](const AdminCall& call) { return LetIn(call); };
  auto server = AdminServer::Create(registry_, address_, std::move(admin));
  ASSERT_TRUE(server.ok()) << server.status();
  server_ = *std::move(server);
}

Breaker& ScriptedProcess::Find(const std::string& method,
                               const std::string& target,
                               const std::string& key) {
  return ManualRegistry::Find(target, method, key)->breaker();
}

void ScriptedProcess::BeginProbe(const std::string& method) {
  ManualRegistry::Find("", method)
      ->binding()
      ->observed.ProbeBegan(clock_.Now());
}

void ScriptedProcess::Call(std::string_view outcomes, const std::string& method,
                           const std::string& target, const std::string& key) {
  const CallEnd failure = {Outcome::kFailure, absl::StatusCode::kUnavailable,
                           "refused", std::chrono::milliseconds(3)};
  Breaker& breaker = Find(method, target, key);
  for (const char c : outcomes) {
    breaker.Acquire().permit.Settle({c == '+'   ? Outcome::kSuccess
                                     : c == '-' ? Outcome::kFailure
                                                : Outcome::kIgnored,
                                     failure.duration, Duration(0), &failure});
  }
  registry_->WaitForListeners();
}

void ScriptedProcess::HalfOpen(const std::string& method,
                               const std::string& target) {
  Call("-----", method, target);
  clock_.Advance(std::chrono::seconds(60));
  Call("?", method, target);
}

void ScriptedProcess::LoseEvents(size_t count) {
  // While a listener blocks, the queue drops the oldest of more than it holds.
  std::promise<void> blocked;
  std::promise<void> end;
  registry_->WaitForListeners();
  bool first = true;
  const Subscription listener = registry_->Subscribe([&](const Event&) {
    if (!std::exchange(first, false)) return;
    blocked.set_value();
    end.get_future().wait();
  });
  registry_->ReportConfigError(absl::UnknownError(""));
  blocked.get_future().wait();
  for (size_t i = 0; i < Dispatcher::kQueueCapacity + count; ++i) {
    registry_->ReportConfigError(absl::UnknownError(""));
  }
  end.set_value();
}

void ScriptedProcess::Refuse(const grpc::Status& status) {
  const MutexLock lock(mu_);
  refusal_ = status;
}

size_t ScriptedProcess::CallsOf(const std::string& method) const {
  const MutexLock lock(mu_);
  return static_cast<size_t>(std::count(calls_.begin(), calls_.end(), method));
}

void ScriptedProcess::AwaitWatchers(size_t count) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (server_->service().watchers() != count) {
    ASSERT_LT(std::chrono::steady_clock::now(), end)
        << server_->service().watchers() << " watch, not " << count;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

grpc::Status ScriptedProcess::LetIn(const AdminCall& call) {
  const MutexLock lock(mu_);
  calls_.emplace_back(call.method);
  return refusal_;
}

}  // namespace fusebox
