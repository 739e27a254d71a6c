#include "demo/fleet.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "demo/ledger.h"
#include "demo/shop.h"

namespace outage {

void Toll::Add(const Toll& other) {
  openings += other.openings;
  rejected += other.rejected;
  longest = std::max(longest, other.longest);
}

bool Fleet::Start(const std::string& folder, int port, double rate) {
  constexpr std::chrono::seconds kTimeout{60};
  for (const char* const name : {"cart", "checkout", "search"}) {
    Process& process = processes_[std::string(name) + "-1"];
    for (const ShopMethod& method : kShopMethods) {
      process.circuits[std::string(method.name)];
    }
    if (!process.child.Start({"--client", name, folder, std::to_string(port),
                              std::to_string(rate)})) {
      return false;
    }
  }
  const TimePoint give_up = Now() + kTimeout;
  return std::all_of(processes_.begin(), processes_.end(), [&](auto& process) {
    return process.second.child.AwaitLine(give_up) == "ready";
  });
}

void Fleet::CatchUp() {
  for (auto& [name, process] : processes_) {
    while (const std::optional<std::string> line =
               process.child.AwaitLine(Now())) {
      std::istringstream words(*line);
      std::string state;
      std::string method;
      Toll toll;
      words >> state >> toll.openings >> toll.rejected >> toll.longest >>
          method;
      Circuit& circuit = process.circuits[method];
      circuit.is_closed = state == "CLOSED";
      circuit.present = toll;
      if (circuit.is_closed)
        circuit.past.Add(std::exchange(circuit.present, {}));
    }
  }
}

std::vector<std::string> Fleet::Ended() const {
  std::vector<std::string> names;
  for (const auto& [name, process] : processes_) {
    if (process.child.ended()) names.push_back(name);
  }
  return names;
}

std::vector<std::string> Fleet::Circuits(bool closed) const {
  std::vector<std::string> names;
  for (const auto& [name, process] : processes_) {
    for (const auto& [method, circuit] : process.circuits) {
      if (circuit.is_closed == closed) names.push_back(name + " " + method);
    }
  }
  return names;
}

std::map<std::string, Toll> Fleet::Tolls() const {
  std::map<std::string, Toll> tolls;
  for (const auto& [name, process] : processes_) {
    Toll& toll = tolls[name];
    for (const auto& [method, circuit] : process.circuits) {
      toll.Add(circuit.past);
      toll.Add(circuit.present);
    }
  }
  return tolls;
}

}  // namespace outage
