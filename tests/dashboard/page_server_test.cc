// page_server_test.cc: what the server of the page answers, and to whom.

#include "tools/dashboard/page_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <list>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "fusebox/v1/admin.pb.h"
#include "tests/dashboard/browser.h"
#include "tools/dashboard/relay.h"

namespace fusebox::tool {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

v1::WatchBreakersResponse Breakers(int number, int calls) {
  v1::WatchBreakersResponse response;
  response.set_snapshot(true);
  for (int i = 0; i < number; ++i) {
    v1::Breaker* const breaker = response.add_breakers();
    breaker->mutable_name()->set_method("/s/M" + std::to_string(i));
    breaker->set_state(v1::CLOSED);
    breaker->mutable_totals()->set_successes(static_cast<uint64_t>(calls));
  }
  return response;
}

// More than the kernel buffers for a connection that nobody reads: 3 MB.
v1::WatchBreakersResponse ManyBytes(int calls) {
  v1::WatchBreakersResponse response = Breakers(1000, calls);
  for (v1::Breaker& breaker : *response.mutable_breakers()) {
    for (std::string* part :
         {breaker.mutable_name()->mutable_target(),
          breaker.mutable_name()->mutable_key(), breaker.mutable_cause()}) {
      part->assign(1000, 'x');
    }
  }
  return response;
}

class PageServerTest : public testing::Test {
 protected:
  explicit PageServerTest(size_t max_viewers = 3) {
    PageServer::Options options;
    options.max_viewers = max_viewers;
    absl::StatusOr<std::unique_ptr<PageServer>> server =
        PageServer::Start(&relay_, options);
    if (!server.ok()) throw std::runtime_error(server.status().ToString());
    server_ = *std::move(server);
  }

  void Tell(const v1::WatchBreakersResponse& response) {
    relay_.Update(0, response);
  }

  httplib::Result Get(const std::string& path,
                      const httplib::Headers& headers = {}) {
    httplib::Client client("127.0.0.1", server_->port());
    return client.Get(path, headers);
  }

  // Opens a connection that asks for the messages and reads none of them.
  int Stuck() {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    const int small = 4096;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(server_->port()));
    EXPECT_EQ(
        connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    const std::string request =
        "GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    EXPECT_EQ(send(fd, request.data(), request.size(), 0),
              static_cast<ssize_t>(request.size()));
    return fd;
  }

  // Blocks until there is room for another viewer. Returns null after a minute.
  std::unique_ptr<Browser> AwaitPlace() {
    for (int i = 0; i < 600; ++i) {
      auto viewer = std::make_unique<Browser>(server_->port());
      if (viewer->Next() != nullptr) return viewer;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return nullptr;
  }

  Relay relay_{{"unix:/a"}};
  std::unique_ptr<PageServer> server_;
};

TEST_F(PageServerTest, ThePageIsWholeAndMayDoNothingElse) {
  const httplib::Result page = Get("/");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 200);
  const std::string& html = page->body;
  EXPECT_THAT(html, HasSubstr("<!doctype html>"));
  EXPECT_THAT(html, HasSubstr("</html>"));
  EXPECT_THAT(html, Not(HasSubstr("{{")));
  for (const char* way : {"http:", "https:", "//cdn", "innerHTML", "outerHTML",
                          "insertAdjacent", "document.write", "eval("}) {
    EXPECT_THAT(html, Not(HasSubstr(way)));
  }
  const std::string policy = page->get_header_value("Content-Security-Policy");
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  const size_t begin = policy.find("nonce-") + 6;
  const std::string nonce =
      policy.substr(begin, policy.find('\'', begin) - begin);
  EXPECT_THAT(nonce, SizeIs(32));
  EXPECT_THAT(html, HasSubstr("<script nonce=\"" + nonce + "\">"));
  EXPECT_THAT(Get("/")->get_header_value("Content-Security-Policy"),
              Not(HasSubstr(nonce)));
  EXPECT_EQ(page->get_header_value("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(page->get_header_value("Cache-Control"), "no-store");
}

TEST_F(PageServerTest, NothingElseIsThere) {
  EXPECT_EQ(Get("/etc/passwd")->status, 404);
  EXPECT_EQ(Get("/../page.html")->status, 404);
  httplib::Client client("127.0.0.1", server_->port());
  EXPECT_EQ(client.Post("/", "x", "text/plain")->status, 404);
  EXPECT_EQ(client.Delete("/events")->status, 404);
}

TEST_F(PageServerTest, ANameThatOthersMayPointHereIsRefused) {
  for (const char* path : {"/", "/events", "/none"}) {
    const httplib::Result refused = Get(path, {{"Host", "evil.example"}});
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 421) << path;
    EXPECT_THAT(refused->body, HasSubstr(server_->url()));
  }
  EXPECT_EQ(Get("/", {{"Host", "localhost:1"}})->status, 200);
}

TEST_F(PageServerTest, AViewerThatComesBackStartsAnew) {
  Tell(Breakers(2, 10));
  for (int i = 0; i < 8; ++i) {
    Browser browser(server_->port());
    // The previous one may still have its place.
    const json message = browser.Next();
    if (message == nullptr) continue;
    EXPECT_EQ(message[0]["snapshot"], true);
    EXPECT_THAT(ItemsWith("card", message), SizeIs(2));
  }
}

TEST_F(PageServerTest, OneViewerTooManyIsToldSoAndAPlaceIsFreeAgain) {
  Tell(Breakers(1, 1));
  auto viewers = std::make_unique<std::list<Browser>>();
  for (int i = 0; i < 3; ++i) {
    viewers->emplace_back(server_->port());
    ASSERT_NE(viewers->back().Next(), nullptr);
  }
  const httplib::Result refused = Get("/events");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_THAT(refused->body, HasSubstr("3"));
  EXPECT_EQ(Get("/")->status, 200);

  viewers.reset();
  EXPECT_NE(AwaitPlace(), nullptr);
}

TEST_F(PageServerTest, AViewerThatDoesNotReadHoldsUpNobodyAndIsCutOff) {
  Tell(ManyBytes(0));
  const int stuck = Stuck();
  Browser browser(server_->port());
  ASSERT_THAT(ItemsWith("card", browser.Next()), SizeIs(1000));
  for (int i = 1; i <= 5; ++i) {
    Tell(ManyBytes(i));
    const json message = browser.WaitFor([i](const json& each) {
      const std::vector<json> cards = ItemsWith("breaker", each);
      return !cards.empty() &&
             cards[0]["breaker"]["totals"]["successes"] == std::to_string(i);
    });
    ASSERT_NE(message, nullptr);
  }
  // Its place becomes free for a third viewer.
  const Browser second(server_->port());
  EXPECT_NE(AwaitPlace(), nullptr);
  close(stuck);
}

TEST_F(PageServerTest, EndsWithViewersThatListenAndViewersThatDoNot) {
  Tell(ManyBytes(0));
  const int stuck = Stuck();
  Browser browser(server_->port());
  ASSERT_NE(browser.Next(), nullptr);
  server_.reset();
  EXPECT_EQ(browser.Next(), nullptr);
  close(stuck);
}

TEST_F(PageServerTest, APortThatIsTakenIsAnError) {
  Relay relay({"unix:/a"});
  PageServer::Options options;
  options.port = server_->port();
  const absl::StatusOr<std::unique_ptr<PageServer>> second =
      PageServer::Start(&relay, options);
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr("127.0.0.1, port " + std::to_string(options.port)));
}

}  // namespace
}  // namespace fusebox::tool
