#include "fusebox/prometheus/collectable.h"

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/metric_type.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/metrics/names.h"
#include "fusebox/metrics/reading.h"
#include "fusebox/registry/registry.h"

namespace fusebox {
namespace {

prometheus::MetricType TypeOf(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return prometheus::MetricType::Counter;
    case MetricType::kGauge:
      return prometheus::MetricType::Gauge;
    case MetricType::kHistogram:
      return prometheus::MetricType::Histogram;
  }
  return prometheus::MetricType::Untyped;
}

prometheus::ClientMetric::Histogram Cumulative(const HistogramSample& sample) {
  prometheus::ClientMetric::Histogram histogram;
  histogram.sample_sum = sample.sum;
  for (size_t i = 0; i < sample.buckets.size(); ++i) {
    histogram.sample_count += sample.buckets[i];
    const double bound = i < sample.bounds.size()
                             ? sample.bounds[i]
                             : std::numeric_limits<double>::infinity();
    histogram.bucket.push_back({histogram.sample_count, bound});
  }
  return histogram;
}

prometheus::ClientMetric MetricOf(const MetricFamily& family,
                                  const MetricSample& sample) {
  prometheus::ClientMetric metric;
  for (size_t i = 0; i < sample.labels.size(); ++i) {
    // To Prometheus, an empty label is no label.
    if (sample.labels[i].empty()) continue;
    metric.label.push_back(
        {std::string(family.label_names[i]), sample.labels[i]});
  }
  switch (family.info.type) {
    case MetricType::kCounter:
      metric.counter.value = sample.value;
      break;
    case MetricType::kGauge:
      metric.gauge.value = sample.value;
      break;
    case MetricType::kHistogram:
      metric.histogram = Cumulative(sample.histogram);
      break;
  }
  return metric;
}

}  // namespace

PrometheusCollectable::PrometheusCollectable(std::shared_ptr<Registry> registry)
    : PrometheusCollectable(MetricReader(std::move(registry))) {}

PrometheusCollectable::PrometheusCollectable(MetricReader reader)
    : reader_(std::move(reader)) {}

std::vector<prometheus::MetricFamily> PrometheusCollectable::Collect() const {
  std::vector<prometheus::MetricFamily> families;
  for (const MetricFamily& read : reader_.Read()) {
    if (read.samples.empty()) continue;
    prometheus::MetricFamily& family = families.emplace_back();
    family.name = std::string(read.info.name);
    family.help = std::string(read.info.help);
    family.type = TypeOf(read.info.type);
    family.metric.reserve(read.samples.size());
    for (const MetricSample& sample : read.samples) {
      family.metric.push_back(MetricOf(read, sample));
    }
  }
  return families;
}

}  // namespace fusebox
