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
#include "tests/tools/fake_admin.h"
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
  FakeAdmin shop(FakeAdmin::UnixAddress("shop"));
  FakeAdmin mail;
  shop.Put(MakeBreaker("/shop.v1.Cart/Get"));
  mail.Put(MakeBreaker("/mail.v1.Out/Send"));
  const std::unique_ptr<Dashboard> dashboard =
      Start({shop.address(), mail.address()});
  Browser browser(dashboard->server().port());
  shop.AwaitWatchers(1);
  mail.AwaitWatchers(1);
  shop.Put(MakeBreaker("/shop.v1.Cart/Get", v1::OPEN));
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
  FakeAdmin shop(FakeAdmin::UnixAddress("past"));
  shop.Put(MakeBreaker("/s/M", v1::OPEN));
  shop.Add(MakeTransition("/s/M", v1::CLOSED, v1::OPEN));
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
  FakeAdmin shop(FakeAdmin::UnixAddress("late"));
  shop.Put(MakeBreaker("/s/M"));
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
  FakeAdmin shop(FakeAdmin::UnixAddress("end"));
  std::unique_ptr<Dashboard> dashboard =
      Start({shop.address(), "unix:/nowhere/at/all.sock"});
  Browser browser(dashboard->server().port());
  ASSERT_NE(browser.Next(), nullptr);
  dashboard.reset();
  EXPECT_EQ(browser.WaitFor([](const json&) { return false; }), nullptr);
}

}  // namespace
}  // namespace fusebox::tool
