// fake_fleet.cc: processes with breakers that a test commands, for the page to
// show.
//
//   fake_fleet BREAKERS ADDRESS...
//
// Shares so many breakers out among processes that serve at those addresses.
// All of them have traffic, told of once a second. Commands are lines on
// standard input; each is answered with "ok" on standard output once it is
// done:
//
//   open N       the circuit of breaker N (from 0) opens, for 30 s
//   half N       it is half-open
//   close N      it is closed
//   hold N       an operator forces it open, for 10 min
//   dry N        it runs dry
//   name N TEXT  a breaker is there whose method is TEXT
//   stop P       process P (from 0) dies
//   start P      it is back
//
// Ends when standard input does.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "fusebox/v1/admin.pb.h"
#include "tests/tools/fake_admin.h"

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
constexpr const char* kNames[] = {"checkout", "storefront", "backoffice",
                                  "batch"};

class FakeFleet {
 public:
  FakeFleet(size_t breakers, const std::vector<std::string>& addresses) {
    for (size_t i = 0; i < addresses.size(); ++i) {
      processes_.push_back(std::make_unique<FakeAdmin>(addresses[i]));
    }
    for (size_t i = 0; i < breakers; ++i) {
      const std::string service = kServices[i % 12];
      const size_t round = i / 144;
      breakers_.push_back(
          MakeBreaker("/" + service + "/" + kMethods[i / 12 % 12] +
                      (round == 0 ? "" : "V" + std::to_string(round + 1))));
      v1::Breaker& breaker = breakers_[i];
      breaker.mutable_name()->set_target(
          "dns:///" + service.substr(0, service.find('.')) + ":443");
      v1::Thresholds& rules = *breaker.mutable_thresholds();
      rules.set_consecutive_failures(5);
      rules.set_max_probes(1);
      rules.set_successes_to_close(2);
      rules.mutable_open_duration()->set_seconds(30);
      if (i % 3 != 0) {
        rules.set_failure_rate(0.5);
        rules.set_failure_minimum_calls(20);
      }
      if (i % 7 == 1) {
        rules.set_slow_call_rate(0.8);
        rules.set_slow_minimum_calls(20);
      }
      Put(i);
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

  bool Obey(const std::string& line) {
    std::istringstream words(line);
    std::string command;
    size_t number = 0;
    std::string text;
    words >> command >> number;
    std::getline(words >> std::ws, text);
    const std::lock_guard<std::mutex> lock(mu_);
    if (command == "stop" || command == "start") {
      if (number >= processes_.size()) return false;
      command == "stop" ? processes_[number]->Stop()
                        : processes_[number]->Restart();
      return true;
    }
    if (command == "name") {
      processes_[0]->Put(MakeBreaker(text));
      return true;
    }
    if (number >= breakers_.size()) return false;
    v1::Breaker& breaker = breakers_[number];
    if (command == "open") {
      Enter(v1::OPEN, number);
      breaker.mutable_probe_in()->set_seconds(30);
      breaker.set_openings(1);
      breaker.set_reason("CONSECUTIVE_FAILURES");
      breaker.set_cause(
          "5 consecutive failures, last UNAVAILABLE: connection refused");
    } else if (command == "half") {
      Enter(v1::HALF_OPEN, number);
      breaker.clear_probe_in();
      breaker.set_probes_in_flight(1);
    } else if (command == "close") {
      Enter(v1::CLOSED, number);
      breaker.clear_probe_in();
      breaker.clear_probes_in_flight();
      breaker.clear_cause();
      breaker.clear_reason();
      breaker.set_openings(0);
    } else if (command == "hold") {
      breaker.set_mode(v1::Policy::FORCED_OPEN);
      breaker.set_operator_mode(v1::Policy::FORCED_OPEN);
      breaker.mutable_operator_mode_left()->set_seconds(600);
    } else if (command == "dry") {
      breaker.set_mode(v1::Policy::DRY_RUN);
    } else {
      return false;
    }
    Put(number);
    return true;
  }

 private:
  FakeAdmin& ProcessOf(size_t breaker) {
    return *processes_[breaker % processes_.size()];
  }
  void Put(size_t number) { ProcessOf(number).Put(breakers_[number]); }

  void Enter(v1::State state, size_t number) {
    v1::Breaker& breaker = breakers_[number];
    v1::Event event =
        MakeTransition(breaker.name().method(), breaker.state(), state);
    *event.mutable_breaker() = breaker.name();
    event.mutable_time()->set_seconds(std::time(nullptr));
    ProcessOf(number).Add(event);
    breaker.set_state(state);
    breaker.set_generation(breaker.generation() + 1);
    breaker.mutable_in_state()->set_seconds(0);
  }

  void Run() {
    std::unique_lock<std::mutex> lock(mu_);
    auto next = std::chrono::steady_clock::now();
    while (!ends_) {
      SayWho();
      for (size_t i = 0; i < breakers_.size(); ++i) Count(i);
      ++second_;
      next += std::chrono::seconds(1);
      changed_.wait_until(lock, next, [this] { return ends_; });
    }
  }

  void SayWho() {
    for (size_t i = 0; i < processes_.size(); ++i) {
      v1::Process process;
      process.set_name(kNames[i % 4]);
      process.set_pid(static_cast<int64_t>(4100 + i * 37));
      process.mutable_time()->set_seconds(std::time(nullptr));
      processes_[i]->SetProcess(process);
    }
  }

  // One more second of traffic.
  void Count(size_t i) {
    v1::Breaker& breaker = breakers_[i];
    v1::Totals& totals = *breaker.mutable_totals();
    const uint64_t calls = 4 + i * 13 % 61 + (second_ * 7 + i) % 9;
    const bool rejects = breaker.state() == v1::OPEN ||
                         breaker.mode() == v1::Policy::FORCED_OPEN;
    if (rejects) {
      (*totals.mutable_rejected())["OPEN"] += calls;
    } else {
      const uint64_t failures = (second_ + i) % 11 == 0 ? calls / 6 : 0;
      totals.set_successes(totals.successes() + calls - failures);
      totals.set_failures(totals.failures() + failures);
      breaker.mutable_window()->set_calls(static_cast<uint32_t>(calls * 10));
      breaker.mutable_window()->set_failures(
          static_cast<uint32_t>(i % 11 * calls / 4));
      breaker.set_consecutive_failures(
          static_cast<uint32_t>((second_ + i) % 11 == 0 ? 2 : 0));
    }
    for (auto* left :
         {breaker.has_probe_in() ? breaker.mutable_probe_in() : nullptr,
          breaker.has_operator_mode_left()
              ? breaker.mutable_operator_mode_left()
              : nullptr}) {
      if (left != nullptr && left->seconds() > 0) {
        left->set_seconds(left->seconds() - 1);
      }
    }
    if (breaker.has_in_state()) {
      breaker.mutable_in_state()->set_seconds(breaker.in_state().seconds() + 1);
    }
    Put(i);
  }

  std::mutex mu_;
  std::condition_variable changed_;
  bool ends_ = false;
  uint64_t second_ = 0;
  std::vector<std::unique_ptr<FakeAdmin>> processes_;
  std::vector<v1::Breaker> breakers_;
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
  std::string line;
  while (std::getline(std::cin, line)) {
    std::cout << (fleet.Obey(line) ? "ok" : "unknown: " + line) << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace fusebox

int main(int argc, char** argv) {
  return fusebox::Main({argv + 1, argv + argc});
}
