// fake_admin.h: an admin service that says what the dashboard's tests want.
//
//   FakeAdmin admin(FakeAdmin::UnixAddress("shop"));
//   admin.Put(MakeBreaker("/shop.v1.Cart/Checkout", v1::OPEN));
//
// A real server on a real socket that only serves watches and kept events, and
// ignores filters. The tests of the other tools use scripted_process.h.

#ifndef FUSEBOX_TESTS_TOOLS_FAKE_ADMIN_H_
#define FUSEBOX_TESTS_TOOLS_FAKE_ADMIN_H_

#include <grpcpp/server.h>

#include <cstdint>
#include <memory>
#include <string>

#include "fusebox/v1/admin.grpc.pb.h"

namespace fusebox {

// Returns a breaker in use with nothing special about it.
v1::Breaker MakeBreaker(const std::string& method,
                        v1::State state = v1::CLOSED);

// Returns a transition to `to`, with its text.
v1::Event MakeTransition(const std::string& method, v1::State from,
                         v1::State to);

class FakeAdmin {
 public:
  // Returns the address of a socket in the temporary folder.
  static std::string UnixAddress(const std::string& name);

  // Serves at once: on a free loopback port, or on `address`.
  FakeAdmin();
  explicit FakeAdmin(const std::string& address);
  ~FakeAdmin();

  FakeAdmin(const FakeAdmin&) = delete;
  FakeAdmin& operator=(const FakeAdmin&) = delete;

  // The address as --admin takes it.
  const std::string& address() const { return address_; }

  // Stop() ends the process. Restart() starts another one on the same address,
  // whose events begin with 1 again.
  void Stop();
  void Restart();

  // Adds a breaker, or replaces the one of the same name.
  void Put(const v1::Breaker& breaker);

  // Sets what the service says about the process, except its incarnation.
  void SetProcess(const v1::Process& process);

  // Numbers the event, sends it to all watchers, and returns its number.
  uint64_t Add(v1::Event event);

  // Blocks until `count` clients watch. Fails the test after a minute.
  void AwaitWatchers(int count);

 private:
  class Service;

  void Serve();

  std::string address_;
  const std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_TOOLS_FAKE_ADMIN_H_
