// tcp_gate.h: a gate between a client and its server that a test can shut.
//
//   fusebox::ScriptedServer server;
//   fusebox::TcpGate gate(server.address());
//   auto channel = fusebox::CreateChannel(gate.address(), ...);
//   ...
//   gate.ResetConnections();  // what is in flight fails; the next calls pass
//   gate.Hold();              // as if the cable were out
//   gate.Pass();
//
// Network faults without root: every byte goes through this process. What a
// call says has been done when it returns.

#ifndef FUSEBOX_TESTING_TCP_GATE_H_
#define FUSEBOX_TESTING_TCP_GATE_H_

#include <cstddef>
#include <memory>
#include <string>

namespace fusebox {

// Thread-safe.
class TcpGate {
 public:
  // Leads to "127.0.0.1:PORT"; ends the process if that is not the form. The
  // gate may be there before the server is.
  explicit TcpGate(const std::string& server_address);

  // Resets every connection.
  ~TcpGate();

  TcpGate(const TcpGate&) = delete;
  TcpGate& operator=(const TcpGate&) = delete;

  // "127.0.0.1:54321", for the client.
  const std::string& address() const { return address_; }

  // Everything passes, also what was held back. So it is at first.
  void Pass();

  // Nothing passes: open connections fall silent, new ones are taken and not
  // heard. Only a deadline or a keepalive tells the client.
  void Hold();

  // Open connections are reset (RST), and new ones as soon as they are made.
  void Refuse();

  // Resets the open connections. New ones fare as before.
  void ResetConnections();

  // Connections led to the server so far.
  size_t connections() const;

 private:
  class Keeper;

  std::unique_ptr<Keeper> keeper_;
  std::string address_;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTING_TCP_GATE_H_
