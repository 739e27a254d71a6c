// admin_test.h: runs an admin service on a server, and a client of it.

#ifndef FUSEBOX_TESTS_ADMIN_ADMIN_TEST_H_
#define FUSEBOX_TESTS_ADMIN_ADMIN_TEST_H_

#include <google/protobuf/text_format.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "fusebox/admin/options.h"
#include "fusebox/admin/server.h"
#include "fusebox/v1/admin.grpc.pb.h"
#include "tests/registry/observe_test.h"

namespace fusebox::internal {

// Longer than anything in these tests takes.
inline constexpr std::chrono::seconds kPatience{60};

// Calls `f` until it returns true. Returns false if it never does.
inline bool Eventually(const std::function<bool()>& f) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < end) {
    if (f()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

// Returns the message with this text: Parse<v1::ListEventsRequest>("limit: 2").
template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message))
      << text;
  return message;
}

// Returns the methods of the breakers of a response.
template <typename Response>
std::vector<std::string> MethodsOf(const Response& response) {
  std::vector<std::string> methods;
  for (const v1::Breaker& breaker : response.breakers()) {
    methods.push_back(breaker.name().method());
  }
  return methods;
}

class AdminTest : public ObserveTest {
 protected:
  ~AdminTest() override {
    stub_.reset();
    admin_.reset();
  }

  static AdminOptions Writable() {
    AdminOptions options;
    options.read_only = false;
    return options;
  }

  void Serve(AdminOptions options = Writable()) {
    admin_ = *AdminServer::Create(registry_, "127.0.0.1:0", std::move(options));
    channel_ = grpc::CreateChannel(admin_->address(),
                                   grpc::InsecureChannelCredentials());
    stub_ = v1::BreakerAdmin::NewStub(channel_);
  }

  // Calls the stub's `method`.
  template <typename Request, typename Response>
  grpc::Status Call(grpc::Status (v1::BreakerAdmin::Stub::*method)(
                        grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
    context.set_wait_for_ready(true);
    response->Clear();
    return (stub_.get()->*method)(&context, request, response);
  }

  grpc::Status List(const v1::ListBreakersRequest& request,
                    v1::ListBreakersResponse* response) {
    return Call(&v1::BreakerAdmin::Stub::ListBreakers, request, response);
  }

  // Returns the methods of the breakers that match a filter: "state: OPEN".
  std::vector<std::string> Listed(const std::string& filter) {
    v1::ListBreakersResponse response;
    const grpc::Status status = List(
        Parse<v1::ListBreakersRequest>("filter {" + filter + "}"), &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return MethodsOf(response);
  }

  // Returns the breaker of kMethod.
  v1::Breaker One() {
    v1::ListBreakersResponse response;
    EXPECT_TRUE(List(Parse<v1::ListBreakersRequest>(
                         "filter { method: '" + std::string(kMethod) + "' }"),
                     &response)
                    .ok());
    EXPECT_EQ(response.breakers_size(), 1);
    return response.breakers_size() == 1 ? response.breakers(0) : v1::Breaker();
  }

  std::unique_ptr<AdminServer> admin_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::BreakerAdmin::Stub> stub_;
};

inline bool HasNews(const v1::WatchBreakersResponse& response) {
  return response.snapshot() || response.breakers_size() > 0 ||
         response.gone_size() > 0 || response.events_size() > 0;
}

// A watch that the test reads on its own thread.
class Watch {
 public:
  Watch(v1::BreakerAdmin::Stub& stub, const v1::WatchBreakersRequest& request)
      : context_(std::make_unique<grpc::ClientContext>()) {
    context_->set_deadline(std::chrono::system_clock::now() + kPatience);
    context_->set_wait_for_ready(true);
    reader_ = stub.WatchBreakers(context_.get(), request);
  }
  ~Watch() { Finish(); }

  // Returns the next response with news, because an interval may end at any
  // time. Returns an empty response if the watch has ended.
  v1::WatchBreakersResponse Next() {
    v1::WatchBreakersResponse response;
    do {
      if (!reader_->Read(&response)) return {};
    } while (!HasNews(response));
    return response;
  }

  // Returns the status with which the server ends the watch.
  grpc::Status End() {
    v1::WatchBreakersResponse response;
    while (reader_->Read(&response)) {
    }
    finished_ = true;
    return reader_->Finish();
  }

  void Finish() {
    if (finished_) return;
    context_->TryCancel();
    End();
  }

 private:
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchBreakersResponse>> reader_;
  bool finished_ = false;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_TESTS_ADMIN_ADMIN_TEST_H_
