// ask.h: sends requests to the admin services of processes.
//
//   return AskAll(options, &v1::BreakerAdmin::Stub::ListBreakers, request,
//                 [&](const AdminAddress& process,
//                     const v1::ListBreakersResponse& response) { ... });

#ifndef FUSEBOX_TOOLS_FUSEBOX_ASK_H_
#define FUSEBOX_TOOLS_FUSEBOX_ASK_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <thread>
#include <vector>

#include "fusebox/v1/admin.grpc.pb.h"
#include "tools/admin/address.h"
#include "tools/admin/connection.h"
#include "tools/fusebox/admin_options.h"
#include "tools/fusebox/command.h"

namespace fusebox::tool {

template <typename Request, typename Response>
using AdminMethod = grpc::Status (v1::BreakerAdmin::Stub::*)(
    grpc::ClientContext*, const Request&, Response*);

// Asks one process. Blocks for at most `kCallTimeout`.
template <typename Request, typename Response>
grpc::Status Ask(const AdminAddress& process,
                 AdminMethod<Request, Response> method, const Request& request,
                 Response* response) {
  Connection connection(process);
  grpc::ClientContext context;
  connection.Prepare(&context);
  SetDeadline(&context);
  return connection.Explain(
      (connection.stub().*method)(&context, request, response));
}

// Asks all processes in parallel. Then calls `show` with the process and its
// response for each that answered, in the order of the processes. Complains
// about the others, and returns kProblem if there are any.
template <typename Request, typename Response, typename Show>
ExitCode AskAll(const AdminOptions& options,
                AdminMethod<Request, Response> method, const Request& request,
                Show show) {
  const std::vector<AdminAddress>& processes = options.processes;
  std::vector<Response> responses(processes.size());
  std::vector<grpc::Status> statuses(processes.size());
  std::vector<std::thread> threads;
  for (size_t i = 0; i < processes.size(); ++i) {
    threads.emplace_back([&, i] {
      statuses[i] = Ask(processes[i], method, request, &responses[i]);
    });
  }
  for (std::thread& thread : threads) thread.join();
  ExitCode code = kOk;
  for (size_t i = 0; i < processes.size(); ++i) {
    if (statuses[i].ok()) {
      show(processes[i], responses[i]);
    } else {
      code = Complain(options, processes[i], statuses[i]);
    }
  }
  return code;
}

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_FUSEBOX_ASK_H_
