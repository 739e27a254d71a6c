// monitoring_test.cc: the dashboard and the alerts use only exported metrics.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fusebox/metrics/names.h"
#include "tests/monitoring/files.h"
#include "tests/monitoring/promql.h"

namespace fusebox {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

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
  EXPECT_THAT(variables, SizeIs(4));
  for (const Query& query : variables) {
    EXPECT_THAT(Unknown(query.text, query.legend), IsEmpty()) << query.where;
  }
}

TEST(Dashboard, ShowsEveryExportedMetric) {
  std::string all;
  for (const Query& query : DashboardQueries()) all += query.text + "\n";
  for (const MetricInfo& info : kMetrics) {
    EXPECT_THAT(all, HasSubstr(std::string(info.name)));
  }
}

TEST(Alerts, NameWhatIsExported) {
  const std::vector<Query> queries = AlertQueries();
  EXPECT_GT(queries.size(), 8u);
  for (const Query& query : queries) {
    EXPECT_THAT(Unknown(query.text), IsEmpty()) << query.where;
  }
}

TEST(Alerts, EachHasATestAndAnExplanation) {
  const std::string tests = ReadText(MonitoringFolder() / "alerts_test.yml");
  const std::string page = ReadText(MonitoringFolder() / "README.md");
  for (const Query& query : AlertQueries()) {
    EXPECT_THAT(tests, HasSubstr("alertname: " + query.where + "\n"));
    EXPECT_THAT(page, HasSubstr("`" + query.where + "`"));
  }
}

}  // namespace
}  // namespace fusebox
