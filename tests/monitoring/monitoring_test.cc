// monitoring_test.cc: the dashboard and the alerts use only exported metrics.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "fusebox/core/types.h"
#include "fusebox/metrics/names.h"
#include "fusebox/policy/status_code.h"
#include "tests/base/read_file.h"
#include "tests/monitoring/files.h"

namespace fusebox {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

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
    labels.emplace(kRegistryLabel);
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

// Returns what a PromQL expression uses that is not exported: metrics, labels,
// and values of labels that have a fixed set of values. `legend` may name
// labels as {{label}}. Does not check the grammar: that is the task of
// promtool.
std::vector<std::string> Unknown(const std::string& expression,
                                 const std::string& legend = "") {
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

const std::string kState = "grpc_client_circuit_breaker_state";

TEST(Promql, FindsMetricsMatchersAndLabels) {
  EXPECT_THAT(
      Unknown("sum by (a, b) (rate(m_total{x=\"1\",state!~\"b{r}\"}[5m])) "
              "/ on (c) n > 0.5 and o offset 5m"),
      ElementsAre("m_total", "m_total{x", "m_total{state", "m_total{state=b{r}",
                  "n", "o", "label a", "label b", "label c"));
}

TEST(Promql, FindsNamesThatAreNotExported) {
  EXPECT_THAT(Unknown(kState + "{state=\"OPEN\",job=~\"$job\"}"), IsEmpty());
  EXPECT_THAT(Unknown("sum(" + kState + "s)"), ElementsAre(kState + "s"));
  EXPECT_THAT(Unknown("up"), ElementsAre("up"));
  EXPECT_THAT(Unknown(kState + "{reason=\"OPEN\"}"),
              ElementsAre(kState + "{reason"));
  EXPECT_THAT(Unknown(kState + "{state=\"open\"}"),
              ElementsAre(kState + "{state=open"));
  EXPECT_THAT(Unknown("sum by (code) (" + kState + ")"),
              ElementsAre("label code"));
  EXPECT_THAT(Unknown(kState, "{{grpc_method}} {{method}}"),
              ElementsAre("label method"));
  EXPECT_THAT(Unknown("1 > 0"), SizeIs(1));
  EXPECT_THAT(
      Unknown("grpc_client_circuit_breaker_call_duration_seconds{le=\"1\"}"),
      testing::Not(IsEmpty()));
}

TEST(Dashboard, NamesWhatIsExported) {
  const std::vector<Query> queries = DashboardQueries();
  EXPECT_GT(queries.size(), 30u);
  for (const Query& query : queries) {
    EXPECT_THAT(Unknown(query.text, query.legend), IsEmpty()) << query.where;
  }
  const std::vector<Query> variables = DashboardVariables();
  EXPECT_THAT(variables, SizeIs(5));
  for (const Query& query : variables) {
    EXPECT_THAT(Unknown(query.text, query.legend), IsEmpty()) << query.where;
  }
}

// A process may have several registries with the same methods.
TEST(Dashboard, TellsRegistriesApart) {
  const auto selects = [](const std::string& text) {
    int metrics = 0;
    int matchers = 0;
    ForEachMatch(text, std::regex("grpc_client_circuit_breaker_"),
                 [&](const std::smatch&) { ++metrics; });
    ForEachMatch(text, std::regex(R"(registry=~"\$registry")"),
                 [&](const std::smatch&) { ++matchers; });
    return metrics == matchers;
  };
  for (const Query& query : DashboardQueries()) {
    EXPECT_TRUE(selects(query.text)) << query.where << ": " << query.text;
    ForEachMatch(
        query.text, std::regex(R"((by|on) \(([^)]*\binstance\b[^)]*)\))"),
        [&](const std::smatch& labels) {
          EXPECT_THAT(labels[2].str(), HasSubstr("registry")) << query.where;
        });
    if (query.legend.find("{{instance}}") != std::string::npos) {
      EXPECT_THAT(query.legend, HasSubstr("{{registry}}")) << query.where;
    }
  }
}

TEST(Dashboard, ShowsEveryExportedMetric) {
  std::string all;
  for (const Query& query : DashboardQueries()) all += query.text + "\n";
  for (const MetricInfo& info : kMetrics) {
    EXPECT_THAT(all, HasSubstr(std::string(info.name)));
  }
}

// Returns the first group of each match, or the match if there is no group.
std::vector<std::string> Found(const std::string& pattern,
                               const std::string& text) {
  std::vector<std::string> found;
  ForEachMatch(text, std::regex(pattern), [&](const std::smatch& match) {
    found.push_back(match[match.size() - 1]);
  });
  return found;
}
std::vector<std::string> Found(const std::string& pattern) {
  return Found(pattern, ReadFile(MonitoringFolder() / "alerts.yml"));
}

TEST(Alerts, NameWhatIsExported) {
  const std::vector<Query> queries = AlertQueries();
  EXPECT_GT(queries.size(), 8u);
  for (const Query& query : queries) {
    EXPECT_THAT(Unknown(query.text), IsEmpty()) << query.where;
  }
}

// One cause is one alert: for all methods and processes of a service or, if the
// cause is not a backend's, of a job. An alert that did not name the registry
// would hide which one is at fault, and a match without it would mix
// registries.
TEST(Alerts, StandForAServiceOrAJobAndTellRegistriesApart) {
  const std::regex grouped(
      R"(\s*(?:count|sum) by \((job, registry(?:, grpc_target, grpc_service)?)\))");
  for (const Query& query : AlertQueries()) {
    std::smatch labels;
    EXPECT_TRUE(std::regex_search(query.text, labels, grouped,
                                  std::regex_constants::match_continuous))
        << query.where << ": " << query.text;
    ForEachMatch(query.text, std::regex(R"(\b(?:by|on) *\(([^)]*)\))"),
                 [&](const std::smatch& match) {
                   EXPECT_EQ(match[1], labels[1]) << query.where;
                 });
    EXPECT_FALSE(std::regex_search(
        query.text, std::regex(R"(\b(sum|count|max|min|avg) *\()")))
        << query.where << ": " << query.text;
  }
  EXPECT_EQ(Found(R"(\{\{- with \$labels\.registry \}\})").size(),
            AlertQueries().size());
}

TEST(Alerts, TheAlertmanagerNamesOneOfThem) {
  const std::vector<std::string> named = Found(
      "alertname = (\\w+)", ReadFile(MonitoringFolder() / "alertmanager.yml"));
  ASSERT_THAT(named, SizeIs(1));
  EXPECT_THAT(AlertQueries(), Contains(Field(&Query::where, named[0])));
}

TEST(Alerts, EachHasATest) {
  const std::string tests = ReadFile(MonitoringFolder() / "alerts_test.yml");
  for (const Query& query : AlertQueries()) {
    EXPECT_THAT(tests, HasSubstr("alertname: " + query.where + "\n"));
  }
}

TEST(Alerts, EachNamesItsSectionOfTheRunbook) {
  std::vector<std::string> names;
  std::vector<std::string> links;
  for (const Query& query : AlertQueries()) {
    names.push_back(query.where);
    links.push_back("docs/runbook.md#" + absl::AsciiStrToLower(query.where));
  }
  EXPECT_THAT(Found("\n          runbook: (.*)"), ElementsAreArray(links));
  const std::string page =
      ReadFile(MonitoringFolder() / "../../docs/runbook.md");
  EXPECT_THAT(Found("\n## (Fusebox\\w*)", page), ElementsAreArray(names));
}

}  // namespace
}  // namespace fusebox
