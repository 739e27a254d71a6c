// scripted_process.h: a process whose circuit breakers a test drives, behind
// the real admin service on a real socket.
//
//   ScriptedProcess shop("shop");
//   shop.Call("-----", "/shop.v1.Cart/Checkout");  // five failures open it
//   shop.clock().Advance(std::chrono::seconds(12));
//   RunTool({"list", "--admin", shop.address()});
//
// The breakers live in the test's own process and run on a manual clock, so
// nothing happens to them but what the test does.

#ifndef FUSEBOX_TESTS_TOOLS_SCRIPTED_PROCESS_H_
#define FUSEBOX_TESTS_TOOLS_SCRIPTED_PROCESS_H_

#include <grpcpp/support/status.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fusebox/admin/options.h"
#include "fusebox/admin/server.h"
#include "fusebox/base/mutex.h"
#include "fusebox/core/breaker.h"
#include "fusebox/policy/config.h"
#include "fusebox/registry/registry.h"
#include "tests/registry/manual_registry.h"

namespace fusebox {

class ScriptedProcess : private internal::ManualRegistry {
 public:
  // Returns the address of a unix socket in a temporary folder of its own.
  static std::string UnixAddress(const std::string& name);

  // Serves at once at `address` or, if that is empty, at UnixAddress(name). The
  // process is called `name`, and the service allows changes unless `read_only`
  // is set.
  explicit ScriptedProcess(const std::string& name, Config config = {},
                           bool read_only = false,
                           const std::string& address = "");
  ~ScriptedProcess() { Stop(); }

  ScriptedProcess(const ScriptedProcess&) = delete;
  ScriptedProcess& operator=(const ScriptedProcess&) = delete;

  // The address as --admin takes it.
  const std::string& address() const { return address_; }
  ManualClock& clock() { return clock_; }
  Registry& registry() { return *registry_; }

  // Stop() ends the process. Restart() starts another one on the same address:
  // it has another incarnation and no breakers, and its events begin with 1.
  void Stop();
  void Restart();
  bool running() const { return server_ != nullptr; }

  // Returns the breaker of that name and creates it, CLOSED, on first use.
  Breaker& Find(const std::string& method, const std::string& target = "",
                const std::string& key = "");

  // Reports that a probe begins.
  void BeginProbe(const std::string& method);

  // Makes one call for each character of `outcomes`, if the breaker admits it:
  // '+' succeeds, '-' fails with UNAVAILABLE: refused, and '?' says nothing
  // about the backend. Returns once every event has reached the service.
  void Call(std::string_view outcomes, const std::string& method,
            const std::string& target = "", const std::string& key = "");

  // Opens the breaker, lets its 60 s pass, and leaves it HALF_OPEN.
  void HalfOpen(const std::string& method, const std::string& target = "");

  // Loses the next `count` events: they have numbers, but nobody hears of them.
  // The loss shows once a later event arrives.
  void LoseEvents(size_t count);

  // Refuses every later call to the service with `status` unless it is OK.
  void Refuse(const grpc::Status& status);

  // Returns how often the service's method has been called so far: "SetMode".
  size_t CallsOf(const std::string& method) const;

  // Blocks until exactly `count` clients watch. Fails the test after a minute.
  void AwaitWatchers(size_t count);

 private:
  grpc::Status LetIn(const AdminCall& call);

  const std::string address_;
  const std::string name_;
  const Config config_;
  const bool read_only_;
  mutable Mutex mu_;
  grpc::Status refusal_ FUSEBOX_GUARDED_BY(mu_);
  std::vector<std::string> calls_ FUSEBOX_GUARDED_BY(mu_);
  std::unique_ptr<AdminServer> server_;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_TOOLS_SCRIPTED_PROCESS_H_
