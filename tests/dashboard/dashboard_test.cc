// dashboard_test.cc: the breakers of processes reach a browser.

#include "tools/dashboard/dashboard.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/dashboard/browser.h"
#include "tests/tools/certificates.h"
#include "tests/tools/scripted_process.h"
#include "tests/tools/tls_process.h"
#include "tools/admin/address.h"
#include "tools/admin/expand.h"
#include "tools/admin/reach.h"

namespace fusebox::tool {
namespace {

using nlohmann::json;

std::unique_ptr<Dashboard> Start(const std::vector<std::string>& addresses) {
  absl::StatusOr<std::unique_ptr<Dashboard>> dashboard =
      Dashboard::Start(*AdminAddresses(addresses, nullptr), {});
  EXPECT_TRUE(dashboard.ok()) << dashboard.status();
  return *std::move(dashboard);
}

// Blocks until an item (relay.h) has this value: Shows(browser, "/up", true).
bool Shows(Browser& browser, const std::string& path, const json& value) {
  const json::json_pointer pointer(path);
  const auto is_it = [&](const json& item) {
    return item.contains(pointer) && item[pointer] == value;
  };
  return browser.WaitFor([&](const json& message) {
    return std::any_of(message.begin(), message.end(), is_it);
  }) != nullptr;
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
  EXPECT_TRUE(Shows(browser, "/breaker/state", "OPEN"));
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
  EXPECT_TRUE(Shows(browser, "/events/0/event/to", "OPEN"));
}

TEST(Dashboard, AProcessMayComeLaterAndDieAndComeBack) {
  ScriptedProcess shop("late");
  shop.Stop();
  const std::unique_ptr<Dashboard> dashboard = Start({shop.address()});
  Browser browser(dashboard->server().port());
  EXPECT_TRUE(Shows(browser, "/up", false));
  for (int i = 0; i < 2; ++i) {
    shop.Restart();
    EXPECT_TRUE(Shows(browser, "/up", true));
    shop.Stop();
    EXPECT_TRUE(Shows(browser, "/up", false));
  }
}

TEST(Dashboard, WatchesOverTlsAndShowsNoSecret) {
  TlsProcess shop;
  ReachOptions options;
  options.ca = testing::TempDir() + std::to_string(getpid()) + ".root";
  std::ofstream(*options.ca) << kRoot;
  options.server_name = "cart.internal";
  options.headers = {"authorization: s3cret"};
  std::vector<AdminAddress> addresses =
      *AdminAddresses({shop.address()}, nullptr);
  addresses[0].reach = *ReadReach(options);
  const auto dashboard = Dashboard::Start(addresses, {});
  ASSERT_TRUE(dashboard.ok()) << dashboard.status();
  Browser browser((*dashboard)->server().port());
  EXPECT_NE(browser.WaitFor([](const json& message) {
    EXPECT_EQ(message.dump().find("s3cret"), std::string::npos);
    return !ItemsWith("card", message).empty();
  }),
            nullptr);
  EXPECT_EQ(shop.metadata()["authorization"], "s3cret");
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

TEST(Dashboard, FollowsTheSocketsThatMatchAPattern) {
  ScriptedProcess first("matched1");
  std::string pattern = first.address();
  pattern.replace(pattern.find('1'), 1, "?");
  const std::vector<AdminAddress> patterns =
      *AdminAddresses({pattern}, nullptr);
  const auto dashboard = Dashboard::Start(*Expand(patterns), {}, patterns);
  ASSERT_TRUE(dashboard.ok()) << dashboard.status();
  Browser browser((*dashboard)->server().port());
  first.AwaitWatchers(1);
  ScriptedProcess second("matched2");
  EXPECT_TRUE(Shows(browser, "/address", second.address()));
  second.AwaitWatchers(1);
  first.Stop();
  EXPECT_TRUE(Shows(browser, "/ended", 0));
}

}  // namespace
}  // namespace fusebox::tool
