#include "tests/monitoring/fleet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "fusebox/base/clock.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/types.h"
#include "fusebox/metrics/reading.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"
#include "fusebox/registry/registry.h"

namespace fusebox {
namespace {

constexpr size_t kProcesses = 3;
constexpr const char* kMethods[] = {"Add", "Checkout", "Get", "List", "Remove"};
constexpr int kCallsPerSecond = 4;

std::string Number(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.12g", value);
  return text;
}

// Returns the name and the labels of a series, after Prometheus has scraped it
// from the process.
std::string SeriesName(const MetricFamily& family, const MetricSample& sample,
                       size_t process) {
  std::string name = std::string(family.info.name) +
                     R"({job="shop",instance="shop-)" +
                     std::to_string(process + 1) + ":9464\"";
  for (size_t i = 0; i < sample.labels.size(); ++i) {
    if (sample.labels[i].empty()) continue;  // to Prometheus, that is no label
    name += "," + std::string(family.label_names[i]) + "=\"" +
            sample.labels[i] + "\"";
  }
  return name + "}";
}

}  // namespace

Fleet::Fleet(Policy policy) {
  if (policy.open_backoff) policy.open_backoff->jitter = 0;
  Config config;
  config.default_policy = std::move(policy);
  Registry::Options options;
  options.clock = &clock_;
  for (size_t i = 0; i < kProcesses; ++i) {
    processes_.push_back(*Registry::Create(config, options));
    for (const std::string method : kMethods) {
      circuits_.push_back({method,
                           processes_.back()->FindBreaker(
                               "cart:443", "/shop.v1.Cart/" + method),
                           {}});
    }
  }
  Scrape();
}

void Fleet::Play(Duration length, const Backend& backend) {
  constexpr Duration step = Duration(std::chrono::seconds(1)) / kCallsPerSecond;
  const TimePoint end = clock_.Now() + length;
  while (clock_.Now() < end) {
    for (int i = 0; i < kCallsPerSecond; ++i) {
      clock_.Advance(step);
      for (Circuit& circuit : circuits_) {
        if (i == 0) circuit.passed.now = 0;
        if (idle_.count(circuit.method) == 0) Call(circuit, backend);
      }
    }
    if (time() % kScrapeInterval == Duration::zero()) Scrape();
  }
}

void Fleet::PlayUntilClosed(const Backend& backend) {
  do {
    Play(kScrapeInterval, backend);
  } while (std::any_of(
      circuits_.begin(), circuits_.end(), [](const Circuit& circuit) {
        return circuit.breaker->TakeSnapshot().state != State::kClosed;
      }));
}

void Fleet::SetMode(std::optional<Mode> mode) {
  for (const Circuit& circuit : circuits_) {
    circuit.breaker->SetOperatorMode(mode);
  }
}

void Fleet::RefuseConfig() {
  for (const auto& process : processes_) {
    process->ReportConfigError(absl::InvalidArgumentError("a bad config"));
  }
}

void Fleet::Call(Circuit& circuit, const Backend& backend) const {
  Admission admission = circuit.breaker->Acquire();
  if (admission) {
    const bool done = backend(circuit.passed);
    ++circuit.passed.ever;
    ++circuit.passed.now;
    admission.permit.Settle({done ? Outcome::kSuccess : Outcome::kFailure});
  } else if (fallbacks_) {
    circuit.breaker->ReportFallback();
  }
}

void Fleet::Scrape() {
  MetricOptions options;
  options.histograms = false;
  for (size_t i = 0; i < processes_.size(); ++i) {
    for (const MetricFamily& family :
         MetricReader(processes_[i], options).Read()) {
      for (const MetricSample& sample : family.samples) {
        Values& values = series_[SeriesName(family, sample, i)];
        // It may have begun, or come again, after some scrapes without it.
        for (; values.count < scrapes_; ++values.count) values.text += "_ ";
        values.text += Number(sample.value) + " ";
        ++values.count;
      }
    }
  }
  // A series that was there before has ended.
  ++scrapes_;
  for (auto& [name, values] : series_) {
    if (values.count == scrapes_ - 1) {
      values.text += "stale ";
      ++values.count;
    }
  }
}

std::string Fleet::InputSeries() const {
  std::string text;
  for (const auto& [name, values] : series_) {
    text += "      - series: '" + name + "'\n        values: '" + values.text +
            "'\n";
  }
  return text;
}

}  // namespace fusebox
