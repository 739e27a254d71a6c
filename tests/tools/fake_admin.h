// fake_admin.h: a process's admin service that says what the test wants.
//
//   FakeAdmin admin(FakeAdmin::UnixAddress("shop"));
//   admin.Put(MakeBreaker("/shop.v1.Cart/Checkout", v1::OPEN));
//   RunTool({"list", "--admin", admin.address()});
//   EXPECT_EQ(admin.Requests<v1::ListBreakersRequest>().size(), 1u);
//
// A real server on a real socket. Filters, generations, modes and watches work
// as admin.proto says; nothing happens in it but what the test does. Watchers
// hear of each thing at once.

#ifndef FUSEBOX_TESTS_TOOLS_FAKE_ADMIN_H_
#define FUSEBOX_TESTS_TOOLS_FAKE_ADMIN_H_

#include <grpcpp/server.h>
#include <grpcpp/support/status.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fusebox/v1/admin.grpc.pb.h"

namespace fusebox {

// In use, with nothing special about it.
v1::Breaker MakeBreaker(const std::string& method,
                        v1::State state = v1::CLOSED);

// A transition to `to`, as text too.
v1::Event MakeTransition(const std::string& method, v1::State from,
                         v1::State to);

class FakeAdmin {
 public:
  // A socket in the temporary folder, of this process's own.
  static std::string UnixAddress(const std::string& name);

  // Serves at once: on a loopback port of its choice, or where it is told.
  FakeAdmin();
  explicit FakeAdmin(const std::string& address);
  ~FakeAdmin();

  FakeAdmin(const FakeAdmin&) = delete;
  FakeAdmin& operator=(const FakeAdmin&) = delete;

  // As --admin has it.
  const std::string& address() const { return address_; }

  // The process dies, and comes back on the same address as another one, whose
  // events begin with 1 again.
  void Stop();
  void Restart();

  // What it answers from now on. A breaker of the same name is replaced.
  void Put(const v1::Breaker& breaker);
  void Remove(const v1::BreakerName& name);
  void Put(const v1::Config& config);
  void Put(const v1::Policy& policy);  // of every breaker, for GetBreaker
  void SetProcess(const v1::Process& process);  // but for its incarnation

  // Numbers it, tells who watches, and returns the number.
  uint64_t Add(v1::Event event);

  // The next so many have numbers, and nobody hears of them.
  void Miss(uint64_t events);

  // Every call ends with this, watches too, until it is OK again.
  void Fail(const grpc::Status& status);

  // Waits until so many watch; a test fails that waits a minute.
  void AwaitWatchers(int count);

  // All of a kind so far, across restarts.
  template <typename Request>
  std::vector<Request> Requests() const {
    std::vector<Request> requests;
    for (const std::string& bytes : Recorded(Request().GetTypeName())) {
      requests.emplace_back();
      requests.back().ParseFromString(bytes);
    }
    return requests;
  }

 private:
  class Service;

  void Serve();
  std::vector<std::string> Recorded(const std::string& type) const;

  std::string address_;
  const std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_TOOLS_FAKE_ADMIN_H_
