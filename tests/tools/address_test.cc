// address_test.cc: which addresses are valid, and which process they reach.

#include "tools/admin/address.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "fusebox/admin/server.h"
#include "fusebox/admin/service.h"
#include "fusebox/registry/registry.h"
#include "tools/admin/connection.h"

namespace fusebox::tool {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> Texts(const std::vector<std::string>& given,
                               const char* variable) {
  std::vector<std::string> texts;
  const auto addresses = AdminAddresses(given, variable);
  EXPECT_TRUE(addresses.ok()) << addresses.status();
  if (!addresses.ok()) return texts;
  for (const AdminAddress& address : *addresses) texts.push_back(address.text);
  return texts;
}

TEST(ParseAddress, AcceptsHostAndPortOrASocket) {
  for (const std::string text :
       {"localhost:1", "shop-7.prod_a.example:50051", "127.0.0.1:65535",
        "[::1]:443", "unix:/run/fusebox/admin.sock", "unix:admin.sock"}) {
    const auto address = ParseAddress(text);
    ASSERT_TRUE(address.ok()) << address.status();
    EXPECT_EQ(address->text, text);
  }
}

TEST(ParseAddress, SaysWhatWouldBeRight) {
  struct Case {
    std::string text;
    std::string problem;
  };
  const Case cases[] = {
      {"", "the address \"\" must be HOST:PORT"},
      {"localhost", "\"localhost\" must be HOST:PORT"},
      {":443", "must be HOST:PORT"},
      {"::1:443", "must be HOST:PORT (an IPv6 address in brackets)"},
      {"http://shop:443", "must be HOST:PORT"},
      {"shop:", "must end in a port in [1, 65535]"},
      {"shop:0", "must end in a port"},
      {"shop:65536", "must end in a port"},
      {"shop:99999999999", "must end in a port"},
      {"shop:44x", "must end in a port"},
      {"shop:-1", "must end in a port"},
      {"unix:", "must have a path after \"unix:\""},
      {"unix:" + std::string(108, 'a'), "at most 107 bytes, has 108"},
  };
  for (const Case& c : cases) {
    const auto address = ParseAddress(c.text);
    EXPECT_FALSE(address.ok()) << c.text;
    EXPECT_THAT(std::string(address.status().message()), HasSubstr(c.problem));
  }
}

TEST(AdminAddresses, PreferTheCommandLine) {
  EXPECT_THAT(Texts({"a:1", "b:2", "a:1"}, "c:3"), ElementsAre("a:1", "b:2"));
  EXPECT_THAT(Texts({}, "c:3,unix:/d"), ElementsAre("c:3", "unix:/d"));
  EXPECT_THAT(Texts({}, " c:3 , unix:/d ,\n"), ElementsAre("c:3", "unix:/d"));
}

TEST(AdminAddresses, ErrorsNameTheAddressAndItsSource) {
  EXPECT_THAT(
      std::string(AdminAddresses({"a:1", "b"}, nullptr).status().message()),
      HasSubstr("--admin: the address \"b\""));
  EXPECT_THAT(std::string(AdminAddresses({}, "a:1,,b:2").status().message()),
              HasSubstr("FUSEBOX_ADMIN: the address \"\""));
}

TEST(AdminAddresses, ErrorsSayHowToGiveOne) {
  for (const char* const variable : {static_cast<const char*>(nullptr), ""}) {
    EXPECT_THAT(std::string(AdminAddresses({}, variable).status().message()),
                HasSubstr("or set FUSEBOX_ADMIN"));
  }
}

grpc::Status Ask(const std::string& text) {
  Connection connection(*ParseAddress(text));
  grpc::ClientContext context;
  SetDeadline(&context);
  v1::ListBreakersResponse response;
  return connection.stub().ListBreakers(&context, {}, &response);
}

std::unique_ptr<AdminServer> ServeOnPort() {
  return *AdminServer::Create(Registry::Create(), "127.0.0.1:0");
}

TEST(Connection, ReachesAPortByNumberAndByName) {
  const auto admin = ServeOnPort();
  EXPECT_TRUE(Ask(admin->address()).ok());
  const std::string port = admin->address().substr(admin->address().find(':'));
  EXPECT_TRUE(Ask("localhost" + port).ok());
}

TEST(Connection, ReachesASocketOfAnyName) {
  // gRPC's server takes a URI, so the address of "a%20 b?c" is encoded here.
  // A path below testing::TempDir() may be too long for a socket.
  const std::string prefix = "/tmp/fusebox_address." + std::to_string(getpid());
  grpc::ServerBuilder builder;
  builder.AddListeningPort("unix:" + prefix + "a%2520%20b%3Fc",
                           grpc::InsecureServerCredentials());
  AddBreakerAdmin(&builder, Registry::Create());
  const auto server = builder.BuildAndStart();
  EXPECT_TRUE(Ask("unix:" + prefix + "a%20 b?c").ok());
}

TEST(Connection, IgnoresTheProxy) {
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  const auto admin = ServeOnPort();
  EXPECT_TRUE(Ask(admin->address()).ok());
  unsetenv("http_proxy");
}

TEST(StatusText, IsOneLineWhateverTheProcessSent) {
  EXPECT_EQ(StatusText(grpc::Status(grpc::StatusCode::NOT_FOUND, "")),
            "NOT_FOUND");
  EXPECT_EQ(StatusText(grpc::Status(grpc::StatusCode::ABORTED, "a\n\x1b[2J")),
            "ABORTED: a\\n\\x1b[2J");
}

}  // namespace
}  // namespace fusebox::tool
