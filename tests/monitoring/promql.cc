#include "tests/monitoring/promql.h"

#include <map>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fusebox/core/types.h"
#include "fusebox/metrics/names.h"
#include "fusebox/policy/status_code.h"

namespace fusebox {
namespace {

using Names = std::set<std::string>;

const std::regex kToken(
    // A string, a range, or the labels of a grouping.
    R"("[^"]*"|\[[^\]]*\])"
    R"(|\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\))"
    // A name, with the matchers of a metric or the parenthesis of a function.
    R"(|\b([a-zA-Z_:][\w:]*)\s*(?:\{((?:[^}"]|"[^"]*")*)\}|(\())?)");
const std::regex kMatcher(R"re((\w+)\s*(?:=|!=|=~|!~)\s*"([^"]*)")re");

// Names of neither metrics nor functions.
const Names kKeywords = {"and",        "or",   "unless",     "bool", "offset",
                         "group_left", "sum",  "max",        "min",  "avg",
                         "count",      "topk", "group_right"};

template <typename Do>
void ForEachMatch(const std::string& text, const std::regex& pattern, Do act) {
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end;
       it != end; ++it) {
    act(*it);
  }
}

template <typename Enum>
Names NamesUpTo(int count) {
  Names names;
  for (int i = 0; i < count; ++i) {
    names.emplace(Name(static_cast<Enum>(i)));
  }
  return names;
}

// Returns the labels that have a fixed set of values, with these values.
const std::map<std::string, Names>& Values() {
  static const auto& values = *new auto([] {
    std::map<std::string, Names> all;
    all["state"] = all["from"] = all["to"] = NamesUpTo<State>(kStateCount);
    all["mode"] = NamesUpTo<Mode>(4);
    all["outcome"] = NamesUpTo<Outcome>(3);
    all["enforced"] = {"true", "false"};
    all["reason"] = NamesUpTo<RejectionReason>(kRejectionReasonCount);
    all["reason"].merge(NamesUpTo<TransitionReason>(kTransitionReasonCount));
    for (int code = 0; code < kStatusCodeCount; ++code) {
      all["code"].emplace(StatusCodeName(code));
    }
    return all;
  }());
  return values;
}

// Returns the labels of the samples with this name. Empty if there are none.
Names LabelsOf(const std::string& metric) {
  for (const MetricInfo& info : kMetrics) {
    const std::string name(info.name);
    Names labels = {"job", "instance"};  // added by Prometheus
    if (info.type != MetricType::kHistogram) {
      if (metric != name) continue;
    } else if (metric == name + "_bucket") {
      labels.insert("le");
    } else if (metric != name + "_count" && metric != name + "_sum") {
      continue;
    }
    if (info.owner == MetricOwner::kBreaker) {
      labels.insert(kBreakerLabels.begin(), kBreakerLabels.end());
    }
    for (const std::string_view label : info.labels) {
      if (!label.empty()) labels.emplace(label);
    }
    return labels;
  }
  return {};
}

}  // namespace

std::vector<std::string> Unknown(const std::string& expression,
                                 const std::string& legend) {
  std::vector<std::string> unknown;
  bool has_metric = false;
  Names labels;                    // the labels of any of the metrics
  std::vector<std::string> named;  // labels outside of matchers
  ForEachMatch(expression, kToken, [&](const std::smatch& token) {
    ForEachMatch(token[1], std::regex("\\w+"),
                 [&](const std::smatch& label) { named.push_back(label[0]); });
    const std::string metric = token[2];
    const bool is_function = token[4].matched;
    if (metric.empty() || is_function || kKeywords.count(metric) != 0) return;
    has_metric = true;
    const Names own = LabelsOf(metric);
    labels.insert(own.begin(), own.end());
    if (own.empty()) unknown.push_back(metric);
    ForEachMatch(token[3], kMatcher, [&](const std::smatch& matcher) {
      const std::string text = metric + "{" + matcher[1].str();
      if (own.count(matcher[1]) == 0) unknown.push_back(text);
      const auto values = Values().find(matcher[1]);
      if (values != Values().end() && values->second.count(matcher[2]) == 0) {
        unknown.push_back(text + "=" + matcher[2].str());
      }
    });
  });
  if (!has_metric) unknown.push_back("no metric: " + expression);
  ForEachMatch(legend, std::regex(R"(\{\{([^}]*)\}\})"),
               [&](const std::smatch& label) { named.push_back(label[1]); });
  for (const std::string& label : named) {
    if (labels.count(label) == 0) unknown.push_back("label " + label);
  }
  return unknown;
}

}  // namespace fusebox
