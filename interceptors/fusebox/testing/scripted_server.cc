#include "fusebox/testing/scripted_server.h"

#include <grpc/grpc.h>
#include <grpcpp/alarm.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>
#include <grpcpp/support/slice.h>

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "fusebox/base/clock.h"
#include "fusebox/base/mutex.h"

namespace fusebox {

// One call, from its first request to its status. Deletes itself when gRPC is
// done. Between its constructor and OnDone() exactly one thing is under way: a
// read, a write, the delay, a hang or the end.
class ScriptedServer::Call final : public grpc::ServerGenericBidiReactor {
 public:
  Call(ScriptedServer* server, grpc::GenericCallbackServerContext* context)
      : server_(server), context_(context), reply_(server->NextReply()) {
    StartRead(&read_);
  }

  // The next step of the script. Called again after each of them.
  void Continue() {
    if (Hang()) return;
    if (reply_.break_after && sent_ >= *reply_.break_after) return End();
    if (!requests_over_ && NeedsRequest()) return StartRead(&read_);
    if (!TakeMessage()) return End();
    StartWrite(&message_);
  }

  void OnReadDone(bool ok) override {
    if (ok) {
      request_.Swap(&read_);
      has_request_ = true;
    } else {
      requests_over_ = true;
    }
    if (std::exchange(first_, false) && reply_.delay > Duration::zero()) {
      alarm_.Set(PreciseClock().WallNow() + reply_.delay,
                 [this](bool /*ok*/) { Continue(); });
      return;
    }
    Continue();
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return End();
    ++sent_;
    Continue();
  }

  void OnCancel() override {
    {
      MutexLock lock(server_->mu_);
      if (server_->hung_.erase(this) == 0) return;
    }
    End();
  }

  void OnDone() override { delete this; }

 private:
  using Awaits = ScriptedReply::Awaits;

  bool NeedsRequest() const {
    return reply_.awaits == Awaits::kLastRequest ||
           (reply_.awaits == Awaits::kEachRequest && !has_request_);
  }

  // True if it hangs now; at most once a call.
  bool Hang() {
    if (hung_ || !reply_.hang_after || sent_ < *reply_.hang_after) return false;
    hung_ = true;
    MutexLock lock(server_->mu_);
    if (server_->closing_ || context_->IsCancelled()) return false;
    server_->hung_.insert(this);
    server_->changed_.notify_all();
    return true;
  }

  // False if there is none to send.
  bool TakeMessage() {
    const bool asked = std::exchange(has_request_, false);
    if (!reply_.messages) {
      message_.Swap(&request_);
      return asked;
    }
    if (reply_.awaits == Awaits::kEachRequest && !asked) return false;
    if (sent_ >= reply_.messages->size()) return false;
    const grpc::Slice slice((*reply_.messages)[sent_]);
    message_ = grpc::ByteBuffer(&slice, 1);
    return true;
  }

  void End() {
    for (const auto& [key, value] : reply_.trailers) {
      context_->AddTrailingMetadata(key, value);
    }
    Finish(reply_.status);
  }

  ScriptedServer* const server_;
  grpc::GenericCallbackServerContext* const context_;
  const ScriptedReply reply_;
  grpc::Alarm alarm_;

  grpc::ByteBuffer read_;
  grpc::ByteBuffer request_;  // the latest
  grpc::ByteBuffer message_;
  bool first_ = true;         // no request was read yet
  bool has_request_ = false;  // and no message was sent for it
  bool requests_over_ = false;
  bool hung_ = false;
  size_t sent_ = 0;
};

class ScriptedServer::Service final : public grpc::CallbackGenericService {
 public:
  explicit Service(ScriptedServer* server) : server_(server) {}
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    // What the in-process transport makes up for a call that ended before it
    // sent anything, so that the server has something to end.
    if (context->method() == "/") {
      return CallbackGenericService::CreateReactor(context);
    }
    return new Call(server_, context);
  }

 private:
  ScriptedServer* const server_;
};

ScriptedServer::ScriptedServer() {
  instances_.push_back(Serve());
  address_ = "127.0.0.1:" + std::to_string(port_);
}

ScriptedServer::~ScriptedServer() {
  std::deque<Instance> instances;
  {
    MutexLock lock(mu_);
    closing_ = true;
    instances.swap(instances_);
  }
  ReleaseHung();
  for (Instance& instance : instances) {
    if (instance.shutdown.joinable()) {  // it waits for its calls
      grpc_server_cancel_all_calls(instance.server->c_server());
      instance.shutdown.join();
    }
    instance.server->Shutdown(PreciseClock().WallNow());
    instance.server->Wait();
  }
}

ScriptedServer::Instance ScriptedServer::Serve() {
  Instance instance;
  instance.service = std::make_unique<Service>(this);
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:" + std::to_string(port_),
                           grpc::InsecureServerCredentials(), &port_);
  builder.RegisterCallbackGenericService(instance.service.get());
  instance.server = builder.BuildAndStart();
  if (instance.server == nullptr || port_ == 0) std::abort();  // no loopback
  return instance;
}

std::shared_ptr<grpc::Channel> ScriptedServer::InProcessChannel(
    InterceptorFactories factories, const grpc::ChannelArguments& arguments) {
  MutexLock lock(mu_);
  return instances_.back()
      .server->experimental()
      .InProcessChannelWithInterceptors(arguments, std::move(factories));
}

// The successor listens before: gRPC's listeners can share a port.
void ScriptedServer::GoAway() {
  MutexLock lock(mu_);
  instances_.push_back(Serve());
  Instance& old = instances_[instances_.size() - 2];
  old.shutdown =
      std::thread([server = old.server.get()] { server->Shutdown(); });
}

void ScriptedServer::Respond(ScriptedReply reply) {
  MutexLock lock(mu_);
  reply_ = std::move(reply);
}

void ScriptedServer::Enqueue(ScriptedReply reply) {
  MutexLock lock(mu_);
  enqueued_.push_back(std::move(reply));
}

void ScriptedServer::WaitForHung(size_t count) const {
  MutexLock lock(mu_);
  while (hung_.size() < count) changed_.wait(mu_);
}

void ScriptedServer::ReleaseHung() {
  std::set<Call*> hung;
  {
    MutexLock lock(mu_);
    hung.swap(hung_);
  }
  for (Call* const call : hung) call->Continue();
}

size_t ScriptedServer::calls() const {
  MutexLock lock(mu_);
  return calls_;
}

void ScriptedServer::WaitForCalls(size_t count) const {
  MutexLock lock(mu_);
  while (calls_ < count) changed_.wait(mu_);
}

ScriptedReply ScriptedServer::NextReply() {
  MutexLock lock(mu_);
  ++calls_;
  changed_.notify_all();
  if (enqueued_.empty()) return reply_;
  ScriptedReply reply = std::move(enqueued_.front());
  enqueued_.pop_front();
  return reply;
}

}  // namespace fusebox
