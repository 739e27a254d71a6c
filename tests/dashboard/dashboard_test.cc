// dashboard_test.cc: the breakers of processes reach a browser.

#include "tools/dashboard/dashboard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/dashboard/browser.h"
#include "tests/tools/scripted_process.h"
#include "tools/admin/address.h"

namespace fusebox::tool {
namespace {

using nlohmann::json;

std::unique_ptr<Dashboard> Start(const std::vector<std::string>& addresses) {
  absl::StatusOr<std::unique_ptr<Dashboard>> dashboard =
      Dashboard::Start(*AdminAddresses(addresses, nullptr), {});
  EXPECT_TRUE(dashboard.ok()) << dashboard.status();
  return *std::move(dashboard);
}

// Whether the message says that the process is up, or that it is not.
bool Says(const json& message, int process, bool up) {
  for (const json& item : ItemsWith("up", message)) {
    if (item["process"] == process && item["up"] == up) return true;
  }
  return false;
}

bool Shows(const json& message, const std::string& state) {
  for (const json& item : ItemsWith("breaker", message)) {
    if (item["breaker"]["state"] == state) return true;
  }
  return false;
}

TEST(Dashboard, ShowsTheBreakersOfAllProcessesAndWhatHappensToThem) {
  ScriptedProcess shop("shop");
  ScriptedProcess mail("mail");
  shop.Find("/shop.v1.Cart/Get");
  mail.Find("/mail.v1.Out/Send");
  const std::unique_ptr<Dashboard> dashboard =
      Start({shop.address(), mail.address()});
  Browser browser(dashboard->server().port());
  shop.AwaitWatchers(1);
  mail.AwaitWatchers(1);
  shop.Call("-----", "/shop.v1.Cart/Get");
  EXPECT_NE(browser.WaitFor(
                [](const json& message) { return Shows(message, "OPEN"); }),
            nullptr);
  Browser second(dashboard->server().port());
  EXPECT_NE(second.WaitFor([](const json& message) {
    return ItemsWith("card", message).size() == 2;
  }),
            nullptr);
}

TEST(Dashboard, ShowsWhatHappenedBeforeItBegan) {
  ScriptedProcess shop("past");
  shop.Call("-----", "/s/M");
  const std::unique_ptr<Dashboard> dashboard = Start({shop.address()});
  Browser browser(dashboard->server().port());
  EXPECT_NE(browser.WaitFor([](const json& message) {
    for (const json& item : ItemsWith("events", message)) {
      if (item["events"][0]["to"] == "OPEN") return true;
    }
    return false;
  }),
            nullptr);
}

TEST(Dashboard, AProcessMayComeLaterAndDieAndComeBack) {
  ScriptedProcess shop("late");
  shop.Stop();
  const std::unique_ptr<Dashboard> dashboard = Start({shop.address()});
  Browser browser(dashboard->server().port());
  EXPECT_TRUE(Says(browser.Next(), 0, false));
  for (int i = 0; i < 2; ++i) {
    shop.Restart();
    EXPECT_NE(browser.WaitFor(
                  [](const json& message) { return Says(message, 0, true); }),
              nullptr);
    shop.Stop();
    EXPECT_NE(browser.WaitFor(
                  [](const json& message) { return Says(message, 0, false); }),
              nullptr);
  }
}

TEST(Dashboard, EndsWhileProcessesAreMissingAndBrowsersListen) {
  ScriptedProcess shop("end");
  std::unique_ptr<Dashboard> dashboard =
      Start({shop.address(), "unix:/nowhere/at/all.sock"});
  Browser browser(dashboard->server().port());
  ASSERT_NE(browser.Next(), nullptr);
  dashboard.reset();
  EXPECT_EQ(browser.WaitFor([](const json&) { return false; }), nullptr);
}

}  // namespace
}  // namespace fusebox::tool
