#include "tests/grpc/echo_server.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "fusebox/base/mutex.h"
#include "tests/grpc/driver.h"
#include "tests/grpc/flavours.h"

namespace fusebox {

// Handles one call with one operation at a time: it reads, writes, reads, and
// so on. Deletes itself when gRPC is done with it.
class EchoServer::Call final : public grpc::ServerGenericBidiReactor {
 public:
  Call(EchoServer* server, grpc::GenericCallbackServerContext* context)
      : server_(*server),
        context_(*context),
        method_(context->method()),
        reply_(server->Arrived(*context)) {
    context_.AddTrailingMetadata("from", "echo");
    if (IsOver()) {
      End();
    } else {
      StartSendInitialMetadata();
      StartRead(&request_);
    }
  }

  void OnReadDone(bool ok) override {
    if (ok) {
      text_ += (text_.empty() || method_ == kChat ? "" : " ") + Print(request_);
    }
    if (context_.IsCancelled()) return Finish(grpc::Status::CANCELLED);
    if (method_ == kCollect) return ok ? StartRead(&request_) : Write();
    if (method_ == kChat && !ok) return Finish(grpc::Status::OK);
    Write();
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::CANCELLED);
    ++written_;
    if (IsOver()) return End();
    if (method_ == kChat) return StartRead(&request_);
    if (method_ == kRepeat && written_ < 3) return Write();
    Finish(grpc::Status::OK);
  }

  void OnCancel() override {
    if (server_.IsNoLongerSilent(this)) Finish(grpc::Status::CANCELLED);
  }

  void OnDone() override { delete this; }

 private:
  bool IsOver() const {
    return reply_.after != EchoReply::After::kAll && written_ >= reply_.replies;
  }

  void End() {
    if (reply_.after == EchoReply::After::kStatus) return Finish(reply_.status);
    server_.IsSilent(this);
    // OnCancel() may have run before this.
    if (context_.IsCancelled()) OnCancel();
  }

  void Write() {
    reply_bytes_ = Serialize(MakeText(text_));
    if (method_ == kChat) text_.clear();
    StartWrite(&reply_bytes_);
  }

  EchoServer& server_;
  grpc::GenericCallbackServerContext& context_;
  const std::string method_;
  const EchoReply reply_;
  grpc::ByteBuffer request_;
  std::string text_;  // the texts of the requests
  grpc::ByteBuffer reply_bytes_;
  int written_ = 0;
};

class EchoServer::Service final : public grpc::CallbackGenericService {
 public:
  explicit Service(EchoServer* server) : server_(server) {}
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    // The in-process transport invents such a call if a call ended before it
    // sent anything, so that the server has something to end.
    if (context->method() == "/") {
      return CallbackGenericService::CreateReactor(context);
    }
    return new Call(server_, context);
  }

 private:
  EchoServer* const server_;
};

EchoServer::EchoServer() : service_(std::make_unique<Service>(this)) {
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterCallbackGenericService(service_.get());
  server_ = builder.BuildAndStart();
  if (server_ == nullptr || port == 0) std::abort();  // loopback is required
  address_ = "127.0.0.1:" + std::to_string(port);
}

EchoServer::~EchoServer() {
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
}

std::shared_ptr<grpc::Channel> EchoServer::InProcessChannel(
    InterceptorFactories factories, const grpc::ChannelArguments& arguments) {
  return server_->experimental().InProcessChannelWithInterceptors(
      arguments, std::move(factories));
}

void EchoServer::Respond(EchoReply reply) {
  MutexLock lock(mu_);
  reply_ = std::move(reply);
}

void EchoServer::Enqueue(EchoReply reply) {
  MutexLock lock(mu_);
  enqueued_.push_back(std::move(reply));
}

size_t EchoServer::calls() const {
  MutexLock lock(mu_);
  return calls_;
}

void EchoServer::WaitForCalls(size_t count) const { WaitFor(&calls_, count); }

void EchoServer::WaitForSilence(size_t count) const {
  WaitFor(&silences_, count);
}

void EchoServer::WaitFor(const size_t* number, size_t count) const {
  MutexLock lock(mu_);
  while (*number < count) changed_.wait(mu_);
}

void EchoServer::EndSilence(const grpc::Status& status) {
  std::set<Call*> silent;
  {
    MutexLock lock(mu_);
    silent.swap(silent_);
  }
  for (Call* const call : silent) call->Finish(status);
}

void EchoServer::IsSilent(Call* call) {
  MutexLock lock(mu_);
  silent_.insert(call);
  ++silences_;
  changed_.notify_all();
}

bool EchoServer::IsNoLongerSilent(Call* call) {
  MutexLock lock(mu_);
  return silent_.erase(call) != 0;
}

std::multimap<std::string, std::string> EchoServer::metadata() const {
  MutexLock lock(mu_);
  return metadata_;
}

EchoReply EchoServer::Arrived(
    const grpc::GenericCallbackServerContext& context) {
  MutexLock lock(mu_);
  ++calls_;
  metadata_.clear();
  for (const auto& [key, value] : context.client_metadata()) {
    metadata_.emplace(std::string(key.data(), key.size()),
                      std::string(value.data(), value.size()));
  }
  changed_.notify_all();
  if (enqueued_.empty()) return reply_;
  EchoReply reply = std::move(enqueued_.front());
  enqueued_.pop_front();
  return reply;
}

}  // namespace fusebox
