// fleet.h: client processes on a manual clock, and what Prometheus would have
// scraped from them.
//
//   Fleet fleet(Policy::Responsive());
//   fleet.Play(5min, Works());
//   fleet.Play(10min, Fails());
//   std::ofstream(file) << "input_series:\n" << fleet.InputSeries();

#ifndef FUSEBOX_TESTS_MONITORING_FLEET_H_
#define FUSEBOX_TESTS_MONITORING_FLEET_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/core/breaker.h"
#include "fusebox/policy/policy.h"
#include "fusebox/registry/registry.h"
#include "fusebox/testing/manual_clock.h"

namespace fusebox {

// Three processes of one job. Each of them calls five methods of one service
// four times per second, so that there are 15 circuits.
class Fleet {
 public:
  static constexpr Duration kScrapeInterval = std::chrono::seconds(15);

  // Returns whether the backend does this call. `passed` counts the calls of
  // the circuit that passed before it; `now` counts those of this second.
  struct Passed {
    size_t ever = 0;
    size_t now = 0;
  };
  using Backend = std::function<bool(const Passed& passed)>;
  static bool Works(const Passed& /*passed*/) { return true; }
  static bool Fails(const Passed& /*passed*/) { return false; }

  // All circuits have this policy, without jitter.
  explicit Fleet(Policy policy);

  // Makes calls for this time, a multiple of kScrapeInterval.
  void Play(Duration length, const Backend& backend);

  // Makes calls until a scrape finds all circuits CLOSED.
  void PlayUntilClosed(const Backend& backend);

  // Says how the calls are made from now on.
  void UseFallbacks() { fallbacks_ = true; }
  void StopCalling(const std::string& method) { idle_.insert(method); }

  // Closes all channels, so that the breakers leave the registries.
  void CloseChannels() { circuits_.clear(); }

  void SetMode(std::optional<Mode> mode);
  void RefuseConfig();

  // Returns the time since the start.
  Duration time() const { return clock_.Now() - start_; }

  // Returns what was scraped so far, as a test file of promtool has it.
  std::string InputSeries() const;

 private:
  struct Circuit {
    std::string method;
    std::shared_ptr<Breaker> breaker;
    Passed passed;
  };

  void Call(Circuit& circuit, const Backend& backend) const;
  void Scrape();

  ManualClock clock_;
  const TimePoint start_ = clock_.Now();
  bool fallbacks_ = false;
  std::set<std::string> idle_;
  std::vector<std::shared_ptr<Registry>> processes_;
  std::vector<Circuit> circuits_;

  // The values of each series, one per scrape, separated by spaces.
  struct Values {
    std::string text;
    size_t count = 0;
  };
  std::map<std::string, Values> series_;
  size_t scrapes_ = 0;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_MONITORING_FLEET_H_
