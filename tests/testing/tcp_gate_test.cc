// The gate, between two plain sockets.

#include "fusebox/testing/tcp_gate.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "fusebox/testing/internal/socket.h"

namespace fusebox::internal {
namespace {

uint16_t PortOf(const std::string& address) {
  return static_cast<uint16_t>(
      std::stoi(address.substr(address.find(':') + 1)));
}

std::string Read(Socket& socket, size_t size) {
  std::string bytes;
  EXPECT_TRUE(socket.ReadFully(&bytes, size));
  return bytes;
}

void ExpectReset(Socket& socket) {
  std::string bytes;
  EXPECT_FALSE(socket.ReadSome(&bytes)) << bytes;
  EXPECT_EQ(errno, ECONNRESET);
}

class TcpGateTest : public testing::Test {
 protected:
  Socket Connect() { return Socket::Connect(PortOf(gate_.address())); }

  // A connection through the gate that has passed bytes.
  void Open() {
    client_ = Connect();
    server_ = listener_.Accept();
    ExpectPasses();
  }

  void ExpectPasses() {
    client_.Write("ping");
    EXPECT_EQ(Read(server_, 4), "ping");
    server_.Write("pong");
    EXPECT_EQ(Read(client_, 4), "pong");
  }

  Socket listener_ = Socket::Listen();
  TcpGate gate_{"127.0.0.1:" + std::to_string(listener_.port())};
  Socket client_;
  Socket server_;
};

TEST_F(TcpGateTest, PassesBytesBothWays) {
  Open();
  EXPECT_EQ(gate_.connections(), 1u);
}

TEST_F(TcpGateTest, PassesMoreThanAnyBufferHolds) {
  Open();
  const std::string much(20'000'000, 'x');
  std::thread writer([&] { EXPECT_TRUE(client_.Write(much)); });
  EXPECT_EQ(Read(server_, much.size()), much);
  writer.join();
}

TEST_F(TcpGateTest, PassesAnOrderlyEndOn) {
  Open();
  client_.Write("bye");
  client_.Close();
  EXPECT_EQ(Read(server_, 3), "bye");
  std::string bytes;
  errno = 0;
  EXPECT_FALSE(server_.ReadSome(&bytes));
  EXPECT_EQ(errno, 0);
}

TEST_F(TcpGateTest, PassesAResetOn) {
  Open();
  server_.Reset();
  ExpectReset(client_);
}

TEST_F(TcpGateTest, ResetsBothEndsAndLetsTheNextConnectionPass) {
  Open();
  gate_.ResetConnections();
  ExpectReset(client_);
  ExpectReset(server_);
  Open();
  EXPECT_EQ(gate_.connections(), 2u);
}

TEST_F(TcpGateTest, HoldsBytesUntilTheyMayPass) {
  Open();
  gate_.Hold();
  client_.Write("held");
  server_.Write("back");
  gate_.Pass();
  EXPECT_EQ(Read(server_, 4), "held");
  EXPECT_EQ(Read(client_, 4), "back");
}

TEST_F(TcpGateTest, WhatIsHeldHasNotPassed) {
  Open();
  gate_.Hold();
  client_.Write("held");
  gate_.ResetConnections();
  ExpectReset(server_);
}

TEST_F(TcpGateTest, HoldsNewConnections) {
  gate_.Hold();
  client_ = Connect();
  ASSERT_TRUE(client_);
  client_.Write("held");
  EXPECT_EQ(gate_.connections(), 0u);
  gate_.Pass();
  server_ = listener_.Accept();
  EXPECT_EQ(Read(server_, 4), "held");
}

TEST_F(TcpGateTest, RefusesUntilItPassesAgain) {
  Open();
  gate_.Refuse();
  ExpectReset(client_);
  Socket refused = Connect();
  ExpectReset(refused);
  EXPECT_EQ(gate_.connections(), 1u);
  gate_.Pass();
  server_.Close();
  Open();
}

TEST_F(TcpGateTest, ResetsTheClientOfAServerThatIsNotThere) {
  listener_.Close();
  client_ = Connect();
  ExpectReset(client_);
}

TEST_F(TcpGateTest, TakesOrdersFromManyThreads) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 100; ++j) {
        gate_.Hold();
        gate_.ResetConnections();
        gate_.Pass();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  Open();
}

}  // namespace
}  // namespace fusebox::internal
