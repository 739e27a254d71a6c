#include "examples/opentelemetry/registry_metrics.h"

#include <opentelemetry/common/attribute_value.h>
#include <opentelemetry/metrics/meter.h>
#include <opentelemetry/metrics/observer_result.h>
#include <opentelemetry/nostd/shared_ptr.h>
#include <opentelemetry/nostd/string_view.h>
#include <opentelemetry/nostd/variant.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fusebox/metrics/names.h"
#include "fusebox/metrics/reading.h"

namespace example {
namespace {

namespace otel = opentelemetry;
using otel::metrics::ObserverResultT;

// Observations within this time belong to one collection.
constexpr std::chrono::milliseconds kSameCollection{200};

otel::nostd::string_view View(std::string_view text) {
  return {text.data(), text.size()};
}

// OpenTelemetry uses UCUM, which has its own names for "seconds" and "ratio".
// Other units are things that are counted: "{calls}".
std::string Unit(std::string_view unit) {
  if (unit == "seconds") return "s";
  if (unit == "ratio") return "1";
  return "{" + std::string(unit) + "}";
}

}  // namespace

RegistryMetrics::RegistryMetrics(
    fusebox::MetricReader reader,
    otel::nostd::shared_ptr<otel::metrics::Meter> meter)
    : reader_(std::move(reader)), meter_(std::move(meter)) {
  for (const fusebox::MetricInfo& info : fusebox::kMetrics) {
    if (info.type == fusebox::MetricType::kHistogram) {
      Add(info, Part::kCount, "_count");
      Add(info, Part::kSum, "_sum");
    } else {
      Add(info, Part::kValue, "");
    }
  }
}

RegistryMetrics::~RegistryMetrics() {
  for (const auto& it : instruments_) {
    it->instrument->RemoveCallback(&Observe, it.get());
  }
}

void RegistryMetrics::Add(const fusebox::MetricInfo& info, Part part,
                          const char* suffix) {
  const std::string name = std::string(info.name) + suffix;
  const std::string unit = Unit(part == Part::kCount ? "calls" : info.unit);
  auto it = std::make_unique<Instrument>();
  it->owner = this;
  it->metric = info.metric;
  it->part = part;
  it->instrument =
      info.type == fusebox::MetricType::kGauge
          ? meter_->CreateDoubleObservableGauge(name, View(info.help), unit)
          : meter_->CreateDoubleObservableCounter(name, View(info.help), unit);
  it->instrument->AddCallback(&Observe, it.get());
  instruments_.push_back(std::move(it));
}

void RegistryMetrics::Observe(otel::metrics::ObserverResult result,
                              void* instrument) {
  using Result = otel::nostd::shared_ptr<ObserverResultT<double>>;
  const auto& it = *static_cast<const Instrument*>(instrument);
  const std::shared_ptr<const Families> families = it.owner->Read();
  const auto& family = (*families)[static_cast<size_t>(it.metric)];
  for (const fusebox::MetricSample& sample : family.samples) {
    std::vector<
        std::pair<otel::nostd::string_view, otel::common::AttributeValue>>
        attributes;
    for (size_t i = 0; i < sample.labels.size(); ++i) {
      if (sample.labels[i].empty()) continue;  // as for Prometheus
      attributes.emplace_back(View(family.label_names[i]),
                              View(sample.labels[i]));
    }
    const double value = it.part == Part::kCount
                             ? static_cast<double>(sample.histogram.count())
                         : it.part == Part::kSum ? sample.histogram.sum
                                                 : sample.value;
    otel::nostd::get<Result>(result)->Observe(value, attributes);
  }
}

std::shared_ptr<const RegistryMetrics::Families> RegistryMetrics::Read() {
  const std::lock_guard<std::mutex> lock(mu_);
  const auto now = std::chrono::steady_clock::now();
  if (families_ == nullptr || now - read_at_ > kSameCollection) {
    families_ = std::make_shared<const Families>(reader_.Read());
    read_at_ = now;
  }
  return families_;
}

}  // namespace example
