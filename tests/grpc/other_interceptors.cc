#include "tests/grpc/other_interceptors.h"

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_interceptor.h>
#include <grpcpp/support/interceptor.h>
#include <grpcpp/support/status.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "tests/grpc/driver.h"
#include "tests/grpc/echo.grpc.pb.h"

namespace fusebox {
namespace {

using Batch = grpc::experimental::InterceptorBatchMethods;
using Hook = grpc::experimental::InterceptionHookPoints;
using grpc::experimental::ClientRpcInfo;
using grpc::experimental::Interceptor;

// A factory that creates interceptors with a function.
class Factory final
    : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  explicit Factory(std::function<Interceptor*()> make)
      : make_(std::move(make)) {}
  Interceptor* CreateClientInterceptor(ClientRpcInfo*) override {
    return make_();
  }

 private:
  const std::function<Interceptor*()> make_;
};

class MetadataAdder final : public Interceptor {
 public:
  MetadataAdder(std::string key, Witness* witness)
      : key_(std::move(key)), witness_(*witness) {}

  void Intercept(Batch* batch) override {
    witness_.SawBatch();
    if (batch->QueryInterceptionHookPoint(Hook::PRE_SEND_INITIAL_METADATA)) {
      batch->GetSendInitialMetadata()->emplace(key_, "yes");
    }
    if (batch->QueryInterceptionHookPoint(Hook::POST_RECV_STATUS)) {
      witness_.Saw(*batch->GetRecvStatus());
    }
    batch->Proceed();
  }

 private:
  const std::string key_;
  Witness& witness_;
};

// Answers the call with a status and a reply.
void AnswerWith(Batch* batch, const grpc::Status& status,
                const test::Text& reply) {
  if (batch->QueryInterceptionHookPoint(Hook::PRE_RECV_MESSAGE)) {
    if (status.ok()) {
      *static_cast<test::Text*>(batch->GetRecvMessage()) = reply;
    } else {
      batch->FailHijackedRecvMessage();
    }
  }
  if (batch->QueryInterceptionHookPoint(Hook::PRE_RECV_STATUS)) {
    *batch->GetRecvStatus() = status;
  }
  batch->Proceed();
}

class Cache final : public Interceptor {
 public:
  Cache(std::string text, bool on) : text_(std::move(text)), on_(on) {}

  void Intercept(Batch* batch) override {
    if (!on_) return batch->Proceed();
    if (batch->QueryInterceptionHookPoint(Hook::PRE_SEND_INITIAL_METADATA)) {
      return batch->Hijack();
    }
    AnswerWith(batch, grpc::Status::OK, MakeText(text_));
  }

 private:
  const std::string text_;
  const bool on_;
};

class Retrier final : public Interceptor {
 public:
  explicit Retrier(int attempts) : attempts_(attempts) {}

  void Intercept(Batch* batch) override {
    if (batch->QueryInterceptionHookPoint(Hook::PRE_SEND_INITIAL_METADATA)) {
      const auto stub = test::Echo::NewStub(batch->GetInterceptedChannel());
      for (int i = 0; i < attempts_; ++i) {
        grpc::ClientContext context;
        status_ = stub->Say(&context, Request<test::Text>(1), &reply_);
        if (status_.ok()) break;
      }
      return batch->Hijack();
    }
    AnswerWith(batch, status_, reply_);
  }

 private:
  const int attempts_;
  grpc::Status status_;
  test::Text reply_;
};

}  // namespace

OtherFactory AddsMetadata(std::string key, Witness* witness) {
  return std::make_unique<Factory>(
      [=] { return new MetadataAdder(key, witness); });
}

OtherFactory Answers(std::string text, const bool* on) {
  return std::make_unique<Factory>([=] { return new Cache(text, *on); });
}

OtherFactory Retries(int attempts) {
  return std::make_unique<Factory>([=] { return new Retrier(attempts); });
}

}  // namespace fusebox
