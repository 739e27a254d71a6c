// expand_test.cc: which processes an address stands for.

#include "tools/admin/expand.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "fusebox/admin/server.h"
#include "fusebox/registry/registry.h"
#include "tests/tools/certificates.h"
#include "tests/tools/tls_process.h"
#include "tools/admin/address.h"
#include "tools/admin/connection.h"
#include "tools/admin/reach.h"

namespace fusebox::tool {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<AdminAddress> Parsed(const std::vector<std::string>& texts) {
  return *AdminAddresses(texts, nullptr);
}

std::vector<std::string> Texts(const std::vector<AdminAddress>& addresses) {
  std::vector<std::string> texts;
  for (const AdminAddress& address : addresses) texts.push_back(address.text);
  return texts;
}

// Returns what "cart.internal:9090" stands for if it has these addresses.
std::vector<AdminAddress> Cart(const std::vector<std::string>& addresses) {
  return *Expand(Parsed({"cart.internal:9090"}), [&](const std::string& host) {
    EXPECT_EQ(host, "cart.internal");
    return addresses;
  });
}

TEST(ExpandHost, EachAddressIsAProcess) {
  const auto processes = Cart({"10.0.0.8", "10.0.0.7", "fd00::7"});
  EXPECT_THAT(Texts(processes), ElementsAre("cart.internal:9090 (10.0.0.8)",
                                            "cart.internal:9090 (10.0.0.7)",
                                            "cart.internal:9090 (fd00::7)"));
  EXPECT_EQ(processes[0].target, "ipv4:10.0.0.8:9090");
  EXPECT_EQ(processes[2].target, "ipv6:[fd00::7]:9090");
  EXPECT_EQ(processes[0].authority, "cart.internal:9090");
  EXPECT_EQ(Cart({"fe80::1%eth0", "fe80::2%eth0"})[1].target,
            "ipv6:[fe80::2%25eth0]:9090");
}

TEST(ExpandHost, OneAddressPerFamilyOrOfThisMachineIsOneProcess) {
  for (const std::vector<std::string>& addresses :
       std::vector<std::vector<std::string>>{
           {},
           {"10.0.0.7"},
           {"fd00::7", "10.0.0.7"},
           {"::1", "127.0.0.1", "127.0.1.1"}}) {
    const auto processes = Cart(addresses);
    EXPECT_THAT(Texts(processes), ElementsAre("cart.internal:9090"));
    EXPECT_EQ(processes[0].target, "dns:///cart.internal:9090");
  }
}

TEST(ExpandHost, ProcessesWithBothFamiliesCountOnce) {
  EXPECT_THAT(Texts(Cart({"fd00::7", "fd00::8", "10.0.0.7", "10.0.0.8"})),
              ElementsAre("cart.internal:9090 (fd00::7)",
                          "cart.internal:9090 (fd00::8)"));
}

TEST(ExpandHost, AsksOnlyForNames) {
  const auto processes =
      Expand(Parsed({"10.0.0.7:1", "[::1]:1", "unix:/a"}),
             [](const std::string& host) -> std::vector<std::string> {
               ADD_FAILURE() << host;
               return {};
             });
  EXPECT_THAT(Texts(*processes),
              ElementsAre("10.0.0.7:1", "[::1]:1", "unix:/a"));
}

TEST(ResolveHost, FindsThisMachineOnce) {
  EXPECT_EQ(ResolveHost("localhost").size(), 1u);
  EXPECT_TRUE(ResolveHost("a..b").empty());
}

TEST(ExpandHost, TlsLooksForTheNameAtEachAddress) {
  const TlsProcess process;
  ReachOptions options;
  options.ca = testing::TempDir() + std::to_string(getpid()) + ".root";
  std::ofstream(*options.ca) << kRoot;
  const std::string port = process.address().substr(9);
  AdminAddress given = Parsed({"cart.internal" + port})[0];
  given.reach = *ReadReach(options);
  // Nothing listens at the second address.
  const auto processes = *Expand({given}, [](const std::string&) {
    return std::vector<std::string>{"127.0.0.1", "0.0.0.1"};
  });
  ASSERT_EQ(processes.size(), 2u);
  Connection connection(processes[0]);
  grpc::ClientContext context;
  SetDeadline(&context);
  v1::ListBreakersResponse response;
  const grpc::Status status =
      connection.stub().ListBreakers(&context, {}, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
}

class ExpandPattern : public testing::Test {
 protected:
  ExpandPattern() {
    fs::create_directories(folder_ / "b");
    for (const char* const name : {"c", "a"}) {
      servers_.push_back(*AdminServer::Create(
          Registry::Create(),
          "unix:" + (folder_ / name / "fusebox.sock").string()));
    }
    std::ofstream(folder_ / "b" / "fusebox.sock") << "no socket";
  }
  ~ExpandPattern() override { fs::remove_all(folder_); }

  std::string Address(const std::string& path) const {
    return "unix:" + (folder_ / path).string();
  }

  const fs::path folder_ =
      fs::path("/tmp") / ("fusebox_expand." + std::to_string(getpid()));
  std::vector<std::unique_ptr<AdminServer>> servers_;
};

TEST_F(ExpandPattern, FindsSocketsInTheOrderOfTheirNames) {
  AdminAddress pattern = Parsed({Address("*/fusebox.sock")})[0];
  pattern.reach = std::make_shared<Reach>();
  const auto processes = Expand({pattern});
  ASSERT_TRUE(processes.ok()) << processes.status();
  EXPECT_THAT(Texts(*processes), ElementsAre(Address("a/fusebox.sock"),
                                             Address("c/fusebox.sock")));
  EXPECT_EQ((*processes)[1].target, Address("c/fusebox.sock"));
  EXPECT_EQ((*processes)[1].reach, pattern.reach);
}

TEST_F(ExpandPattern, EachSocketCountsOnce) {
  EXPECT_THAT(
      Texts(*Expand(
          Parsed({Address("c/fusebox.sock"), Address("[ac]/fusebox.sock"),
                  Address("?/fusebox.sock")}))),
      ElementsAre(Address("c/fusebox.sock"), Address("a/fusebox.sock")));
}

TEST_F(ExpandPattern, APathThatExistsIsNoPattern) {
  const auto odd =
      AdminServer::Create(Registry::Create(), Address("[a]/fusebox.sock"));
  ASSERT_TRUE(odd.ok()) << odd.status();
  EXPECT_THAT(Texts(*Expand(Parsed({Address("[a]/fusebox.sock")}))),
              ElementsAre(Address("[a]/fusebox.sock")));
}

TEST_F(ExpandPattern, SaysThatNoSocketMatches) {
  for (const char* const path : {"*/nothing.sock", "b/*"}) {
    const auto processes = Expand(Parsed({Address(path)}));
    EXPECT_FALSE(processes.ok());
    EXPECT_THAT(
        std::string(processes.status().message()),
        HasSubstr(Address(path) + "\" is a pattern that matches no socket"));
  }
}

}  // namespace
}  // namespace fusebox::tool
