// ask.h: sends one request to many processes at once.
//
//   for (const auto& answer :
//        AskAll(addresses, &v1::BreakerAdmin::Stub::ListBreakers, request)) {
//     if (answer.status.ok()) ...
//   }

#ifndef FUSEBOX_TOOLS_ADMIN_ASK_H_
#define FUSEBOX_TOOLS_ADMIN_ASK_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <string>
#include <thread>
#include <vector>

#include "fusebox/v1/admin.grpc.pb.h"
#include "tools/admin/address.h"
#include "tools/admin/connection.h"

namespace fusebox::tool {

template <typename Response>
struct Answer {
  AdminAddress address;
  grpc::Status status;
  Response response;
};

template <typename Request, typename Response>
using AdminMethod = grpc::Status (v1::BreakerAdmin::Stub::*)(
    grpc::ClientContext*, const Request&, Response*);

// Asks one process. Blocks for at most `kCallTimeout`.
template <typename Request, typename Response>
Answer<Response> Ask(const AdminAddress& address,
                     AdminMethod<Request, Response> method,
                     const Request& request) {
  Answer<Response> answer;
  answer.address = address;
  Connection connection(address);
  grpc::ClientContext context;
  SetDeadline(&context);
  answer.status =
      (connection.stub().*method)(&context, request, &answer.response);
  return answer;
}

// Asks all processes in parallel. Returns one answer per address, in the same
// order.
template <typename Request, typename Response>
std::vector<Answer<Response>> AskAll(const std::vector<AdminAddress>& addresses,
                                     AdminMethod<Request, Response> method,
                                     const Request& request) {
  std::vector<Answer<Response>> answers(addresses.size());
  std::vector<std::thread> threads;
  threads.reserve(addresses.size());
  for (size_t i = 0; i < addresses.size(); ++i) {
    threads.emplace_back(
        [&, i] { answers[i] = Ask(addresses[i], method, request); });
  }
  for (std::thread& thread : threads) thread.join();
  return answers;
}

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_ADMIN_ASK_H_
