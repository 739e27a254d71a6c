// alertmanager_test.cc: Alertmanager's amtool accepts the file in
// examples/monitoring/, which wakes somebody for critical alerts only.

#include <gtest/gtest.h>

#include <string>

#include "tests/monitoring/run.h"

namespace fusebox {
namespace {

std::string ReceiverOf(const std::string& labels) {
  return RunTool("amtool config routes test --config.file=alertmanager.yml " +
                 labels);
}

TEST(Alertmanager, ReadsItsConfig) {
  RunTool("amtool check-config alertmanager.yml");
}

TEST(Alertmanager, WakesSomebodyForCriticalAlertsOnly) {
  EXPECT_EQ(ReceiverOf("alertname=FuseboxCircuitOpen severity=critical"),
            "now\n");
  EXPECT_EQ(ReceiverOf("alertname=FuseboxFallbackAnswers severity=warning"),
            "tomorrow\n");
}

}  // namespace
}  // namespace fusebox
