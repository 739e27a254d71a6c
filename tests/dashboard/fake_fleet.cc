// fake_fleet.cc: processes with breakers that a test commands, for the page to
// show.
//
//   fake_fleet BREAKERS ADDRESS...
//
// Divides the breakers among processes that serve at those addresses. Every
// breaker gets calls once a second. Breaker 3 runs dry. Each line of standard
// input is a command, which is answered with "ok" on standard output when it is
// done:
//
//   open N       the server behind breaker N (from 0) begins to fail
//   half N       the breaker is half-open
//   close N      the server works again, and the probes succeed
//   name TEXT    process 0 calls a method whose name is TEXT
//   stop P       process P (from 0) ends
//   start P      process P is back
//
// Ends when standard input does.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "fusebox/policy/config_builder.h"
#include "tests/tools/scripted_process.h"

namespace fusebox {
namespace {

constexpr const char* kServices[] = {
    "shop.v1.Cart",        "shop.v1.Search",    "shop.v1.Pricing",
    "payment.v2.Payments", "user.v1.Accounts",  "stock.v1.Inventory",
    "mail.v1.Notifier",    "ship.v3.Tracking",  "media.v1.Images",
    "audit.v1.Trail",      "rating.v1.Reviews", "geo.v1.Addresses"};
constexpr const char* kMethods[] = {"Get",    "List",   "Create",  "Update",
                                    "Delete", "Watch",  "Search",  "Reserve",
                                    "Quote",  "Commit", "Refresh", "Export"};
constexpr const char* kProcesses[] = {"checkout", "storefront", "backoffice",
                                      "batch"};

Config FleetConfig() {
  return *ConfigBuilder()
              .Default([](Policy& policy) {
                policy.half_open.successes_to_close = 2;
                policy.failure_rate = FailureRate{0.5, 20};
              })
              .Service("shop.v1.Search",
                       [](Policy& policy) {
                         policy.slow_call_rate = SlowCallRate{
                             std::chrono::milliseconds(100), 0.8, 20};
                       })
              .Method("payment.v2.Payments", "Get",
                      [](Policy& policy) { policy.mode = Mode::kDryRun; })
              .Build();
}

class FakeFleet {
 public:
  FakeFleet(size_t breakers, const std::vector<std::string>& addresses) {
    for (size_t i = 0; i < addresses.size(); ++i) {
      processes_.push_back(std::make_unique<ScriptedProcess>(
          kProcesses[i % 4], FleetConfig(), /*read_only=*/false, addresses[i]));
    }
    for (size_t i = 0; i < breakers; ++i) {
      const std::string service = kServices[i % 12];
      const std::string version =
          i < 144 ? "" : "V" + std::to_string(i / 144 + 1);
      breakers_.push_back(
          {processes_[i % processes_.size()].get(),
           "/" + service + "/" + kMethods[i / 12 % 12] + version,
           "dns:///" + service.substr(0, service.find('.')) + ":443"});
    }
    thread_ = std::thread([this] { Run(); });
  }

  ~FakeFleet() {
    {
      const std::lock_guard<std::mutex> lock(mu_);
      ends_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  void Obey(const std::string& line) {
    std::istringstream words(line);
    std::string command;
    size_t number = 0;
    words >> command;
    const std::lock_guard<std::mutex> lock(mu_);
    if (command == "name") {
      std::string method;
      std::getline(words >> std::ws, method);
      processes_[0]->Find(method);
      return;
    }
    words >> number;
    if (command == "stop") {
      processes_.at(number)->Stop();
    } else if (command == "start") {
      processes_.at(number)->Restart();
    } else if (command == "open") {
      breakers_.at(number).Call("-----");
    } else if (command == "half") {
      const Guarded& guarded = breakers_.at(number);
      guarded.process->HalfOpen(guarded.method, guarded.target);
    } else if (command == "close") {
      breakers_.at(number).Call("++");
    } else {
      std::abort();
    }
  }

 private:
  struct Guarded {
    void Call(const std::string& outcomes) const {
      process->Call(outcomes, method, target);
    }

    ScriptedProcess* process;
    std::string method;
    std::string target;
  };

  void Run() {
    std::unique_lock<std::mutex> lock(mu_);
    auto next = std::chrono::steady_clock::now();
    while (!ends_) {
      for (size_t i = 0; i < breakers_.size(); ++i) CallForASecond(i);
      for (const auto& process : processes_) {
        process->clock().Advance(std::chrono::seconds(1));
      }
      ++second_;
      next += std::chrono::seconds(1);
      changed_.wait_until(lock, next, [this] { return ends_; });
    }
  }

  // Calls the method as often as in one second. A server that opened the
  // circuit keeps failing, and a HALF_OPEN circuit waits for a command.
  void CallForASecond(size_t i) {
    const Guarded& guarded = breakers_[i];
    if (!guarded.process->running()) return;
    const State state = guarded.process->Find(guarded.method, guarded.target)
                            .TakeSnapshot()
                            .state;
    if (state == State::kHalfOpen) return;
    std::string outcomes(4 + i * 13 % 61 + (second_ * 7 + i) % 9, '+');
    const bool has_failures = (second_ + i) % 11 == 0;
    for (size_t call = 0; call < outcomes.size(); ++call) {
      if (state == State::kOpen || (has_failures && call % 6 == 0)) {
        outcomes[call] = '-';
      }
    }
    guarded.Call(outcomes);
  }

  std::mutex mu_;
  std::condition_variable changed_;
  bool ends_ = false;
  size_t second_ = 0;
  std::vector<std::unique_ptr<ScriptedProcess>> processes_;
  std::vector<Guarded> breakers_;
  std::thread thread_;
};

int Main(const std::vector<std::string>& arguments) {
  if (arguments.size() < 2) {
    std::cerr << "usage: fake_fleet BREAKERS ADDRESS...\n";
    return 2;
  }
  FakeFleet fleet(std::strtoul(arguments[0].c_str(), nullptr, 10),
                  {arguments.begin() + 1, arguments.end()});
  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    fleet.Obey(line);
    std::cout << "ok" << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace fusebox

int main(int argc, char** argv) {
  return fusebox::Main({argv + 1, argv + argc});
}
