#include "fusebox/metrics/reading.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/internal/no_throw.h"
#include "fusebox/base/internal/utf8.h"
#include "fusebox/base/problem.h"
#include "fusebox/base/text.h"
#include "fusebox/metrics/internal/family_builder.h"
#include "fusebox/metrics/internal/labels.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

using internal::FamilyBuilder;

namespace {

// Remembers at which index a value came first.
template <typename T>
using Firsts = std::map<T, size_t>;

Problems Check(const std::vector<NamedRegistry>& registries) {
  Problems problems;
  if (registries.empty()) {
    problems.push_back({"registries", "must have at least one entry"});
  }
  Firsts<std::string> names;
  Firsts<const Registry*> known;
  for (size_t i = 0; i < registries.size(); ++i) {
    const std::string path = ElementPath("registries", i);
    const NamedRegistry& it = registries[i];
    const auto require_first = [&](auto& firsts, const auto& key,
                                   const std::string& member,
                                   const std::string& value) {
      const auto [first, is_new] = firsts.emplace(key, i);
      if (is_new) return;
      problems.push_back({path + member, "must differ from {other}", value,
                          ElementPath("registries", first->second) + member});
    };
    if (!internal::IsUtf8(it.name)) {
      problems.push_back({path + ".name", "must be UTF-8", Quoted(it.name)});
    }
    require_first(names, it.name, ".name", Quoted(it.name));
    if (it.registry == nullptr) {
      problems.push_back({path + ".registry", "must be a registry", "null"});
    } else {
      require_first(known, it.registry.get(), ".registry", "the same");
    }
  }
  return problems;
}

bool Selects(const MetricOptions& options, const BreakerName& breaker,
             Registry& registry) {
  bool selected = true;
  if (options.filter &&
      !internal::NoThrow([&] { selected = options.filter(breaker); })) {
    registry.ReportCallbackError();
  }
  return selected;
}

}  // namespace

uint64_t HistogramSample::count() const {
  return std::accumulate(buckets.begin(), buckets.end(), uint64_t{0});
}

absl::StatusOr<MetricReader> MetricReader::Create(
    std::vector<NamedRegistry> registries, MetricOptions options) {
  if (const Problems problems = Check(registries); !problems.empty()) {
    return absl::InvalidArgumentError(ToString(problems));
  }
  return MetricReader(std::move(registries), std::move(options));
}

MetricReader::MetricReader(std::shared_ptr<Registry> registry,
                           MetricOptions options)
    : MetricReader(std::vector<NamedRegistry>{{"", std::move(registry)}},
                   std::move(options)) {}

MetricReader::MetricReader(std::vector<NamedRegistry> registries,
                           MetricOptions options)
    : registries_(std::move(registries)), options_(std::move(options)) {
  for (const NamedRegistry& it : registries_) it.registry->MeterCalls();
}

std::vector<MetricFamily> MetricReader::Read() const {
  const bool names_registries =
      std::any_of(registries_.begin(), registries_.end(),
                  [](const NamedRegistry& it) { return !it.name.empty(); });
  FamilyBuilder families(names_registries, options_.histograms);
  for (const NamedRegistry& it : registries_) {
    Registry& registry = *it.registry;
    families.Begin(it.name, registry.duration_bounds());
    const TimePoint now = registry.clock().Now();
    RetiredBreakers retired;
    for (const MethodSnapshot& breaker : registry.TakeSnapshot(now, &retired)) {
      if (!Selects(options_, breaker.name, registry)) continue;
      families.AddBreaker(breaker, now);
    }
    if (retired.count != 0 &&
        Selects(options_, {"", internal::kRetired, ""}, registry)) {
      families.AddRetired(retired);
    }
    families.AddRegistry(registry, retired.count);
  }
  return families.Take();
}

}  // namespace fusebox
