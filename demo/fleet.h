// fleet.h: the processes of the shop, and what they report.

#ifndef DEMO_FLEET_H_
#define DEMO_FLEET_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "demo/child_process.h"

namespace outage {

// What the outages of one circuit cost, or of all circuits of a process.
struct Toll {
  uint64_t openings = 0;
  uint64_t rejected = 0;
  double longest = 0;  // the seconds of the longest outage

  void Add(const Toll& other);
};

// Use it from one thread, which must live as long as the fleet.
class Fleet {
 public:
  // Starts cart-1, checkout-1 and search-1, which keep their files in `folder`
  // (shop_client.h), and waits until they call the server. Returns false if one
  // of them does not start.
  bool Start(const std::string& folder, int port, double rate);

  // Reads what the processes have reported.
  void CatchUp();

  // The following know what CatchUp() has read. Circuits are named like
  // "cart-1 /shop.v1.Cart/Get".
  std::vector<std::string> Closed() const { return Circuits(true); }
  std::vector<std::string> NotClosed() const { return Circuits(false); }

  // Returns the processes that have ended.
  std::vector<std::string> Ended() const;

  // Returns what each process has paid so far.
  std::map<std::string, Toll> Tolls() const;

 private:
  struct Circuit {
    bool is_closed = true;
    Toll past;
    Toll present;  // the outage that is not over
  };
  struct Process {
    ChildProcess child;
    std::map<std::string, Circuit> circuits;  // by method
  };

  std::vector<std::string> Circuits(bool closed) const;

  std::map<std::string, Process> processes_;  // by name
};

}  // namespace outage

#endif  // DEMO_FLEET_H_
