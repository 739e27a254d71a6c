#include "fusebox/testing/scripted_server.h"

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
#include <utility>

#include "fusebox/core/mutex.h"

namespace fusebox {

// One call, from its request to its status. Deletes itself when gRPC is done.
class ScriptedServer::Call final : public grpc::ServerGenericBidiReactor {
 public:
  Call(ScriptedServer* server, grpc::GenericCallbackServerContext* context)
      : server_(server), context_(context), reply_(server->NextReply()) {
    StartRead(&request_);
  }

  // Answers. Once.
  void Answer() {
    if (!has_request_) return Finish(grpc::Status::CANCELLED);
    for (const auto& [key, value] : reply_.trailers) {
      context_->AddTrailingMetadata(key, value);
    }
    if (!reply_.send_message) return Finish(reply_.status);
    if (reply_.body) {
      const grpc::Slice slice(*reply_.body);
      body_ = grpc::ByteBuffer(&slice, 1);
    } else {
      body_.Swap(&request_);
    }
    StartWriteAndFinish(&body_, grpc::WriteOptions(), reply_.status);
  }

  void OnReadDone(bool ok) override {
    has_request_ = ok;
    if (reply_.hang) {
      MutexLock lock(server_->mu_);
      if (!server_->closing_ && !context_->IsCancelled()) {
        server_->hung_.insert(this);
        return;
      }
    } else if (reply_.delay > Duration::zero()) {
      alarm_.Set(std::chrono::system_clock::now() + reply_.delay,
                 [this](bool /*ok*/) { Answer(); });
      return;
    }
    Answer();
  }

  void OnCancel() override {
    {
      MutexLock lock(server_->mu_);
      if (server_->hung_.erase(this) == 0) return;
    }
    Answer();
  }

  void OnDone() override { delete this; }

 private:
  ScriptedServer* const server_;
  grpc::GenericCallbackServerContext* const context_;
  const ScriptedReply reply_;
  grpc::ByteBuffer request_;
  bool has_request_ = false;
  grpc::ByteBuffer body_;
  grpc::Alarm alarm_;
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

ScriptedServer::ScriptedServer() : service_(std::make_unique<Service>(this)) {
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterCallbackGenericService(service_.get());
  server_ = builder.BuildAndStart();
  if (server_ == nullptr || port == 0) std::abort();  // no loopback, no test
  address_ = "127.0.0.1:" + std::to_string(port);
}

ScriptedServer::~ScriptedServer() {
  {
    MutexLock lock(mu_);
    closing_ = true;
  }
  ReleaseHung();
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
}

std::shared_ptr<grpc::Channel> ScriptedServer::InProcessChannel(
    InterceptorFactories factories, const grpc::ChannelArguments& arguments) {
  return server_->experimental().InProcessChannelWithInterceptors(
      arguments, std::move(factories));
}

void ScriptedServer::Respond(ScriptedReply reply) {
  MutexLock lock(mu_);
  reply_ = std::move(reply);
}

void ScriptedServer::Enqueue(ScriptedReply reply) {
  MutexLock lock(mu_);
  enqueued_.push_back(std::move(reply));
}

void ScriptedServer::ReleaseHung() {
  std::set<Call*> hung;
  {
    MutexLock lock(mu_);
    hung.swap(hung_);
  }
  for (Call* const call : hung) call->Answer();
}

size_t ScriptedServer::calls() const {
  MutexLock lock(mu_);
  return calls_;
}

void ScriptedServer::WaitForCalls(size_t count) const {
  MutexLock lock(mu_);
  while (calls_ < count) arrived_.wait(mu_);
}

ScriptedReply ScriptedServer::NextReply() {
  MutexLock lock(mu_);
  ++calls_;
  arrived_.notify_all();
  if (enqueued_.empty()) return reply_;
  ScriptedReply reply = std::move(enqueued_.front());
  enqueued_.pop_front();
  return reply;
}

}  // namespace fusebox
