// host_check_test.cc: which names the dashboard answers to.

#include "tools/dashboard/host_check.h"

#include <gtest/gtest.h>

namespace fusebox::tool {
namespace {

TEST(HostCheck, TakesAddressesLocalhostAndItsOwnName) {
  for (const char* header :
       {"127.0.0.1", "127.0.0.1:8080", "localhost", "LocalHost:1", "[::1]",
        "[::1]:8080", "192.168.0.7:80", "panel.example:8080"}) {
    EXPECT_TRUE(IsOurs(header, "panel.example")) << header;
  }
}

TEST(HostCheck, RefusesNamesThatOthersMayPointHere) {
  for (const char* header :
       {"", ":", ":80", "evil.example", "evil.example:8080", "127.0.0.1.nip.io",
        "localhost.evil.example", "127.0.0.1:80@evil.example", "[evil]:80",
        "127.0.0.1:80:evil", "[::1", "::1", "[]", "0x7f.1", "127.1",
        "localhost\n"}) {
    EXPECT_FALSE(IsOurs(header, "127.0.0.1")) << header;
  }
}

TEST(HostCheck, PutsIPv6AddressesInBrackets) {
  EXPECT_EQ(UrlOf("127.0.0.1", 80), "http://127.0.0.1:80/");
  EXPECT_EQ(UrlOf("::1", 8080), "http://[::1]:8080/");
}

}  // namespace
}  // namespace fusebox::tool
