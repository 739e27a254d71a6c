// tcp_gate.h: a TCP proxy with which a test interrupts connections.
//
//   fusebox::ScriptedServer server;
//   fusebox::TcpGate gate(server.address());
//   auto channel = fusebox::CreateChannel(gate.address(), ...);
//   ...
//   gate.ResetConnections();  // calls in flight fail;  the next calls pass
//   gate.Hold();              // simulates an unplugged cable
//   gate.Pass();
//
// It simulates network faults without root privileges, because every byte
// passes through this process. When a member function returns, its effect is
// complete.

#ifndef FUSEBOX_TESTING_TCP_GATE_H_
#define FUSEBOX_TESTING_TCP_GATE_H_

#include <cstddef>
#include <memory>
#include <string>

#include "fusebox/base/internal/export.h"

namespace fusebox {

// Thread-safe.
class FUSEBOX_EXPORT TcpGate {
 public:
  // Forwards to a server at "127.0.0.1:PORT". Aborts the process if the address
  // has another form. The server may start later than the gate.
  explicit TcpGate(const std::string& server_address);

  // Resets every connection.
  ~TcpGate();

  TcpGate(const TcpGate&) = delete;
  TcpGate& operator=(const TcpGate&) = delete;

  // Returns the address for the client: "127.0.0.1:54321".
  const std::string& address() const { return address_; }

  // Lets everything pass, including what Hold() held back. This is the state at
  // the start.
  void Pass();

  // Lets nothing pass. Open connections become silent. New ones are accepted
  // but not read. The client notices only by a deadline or a keepalive.
  void Hold();

  // Resets the open connections (RST), and every new one at once.
  void Refuse();

  // Resets the open connections. Does not change how new ones are treated.
  void ResetConnections();

  // Returns how many connections have reached the server so far.
  size_t connections() const;

 private:
  class Keeper;

  std::unique_ptr<Keeper> keeper_;
  std::string address_;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTING_TCP_GATE_H_
