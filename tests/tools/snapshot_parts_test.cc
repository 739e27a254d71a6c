// snapshot_parts_test.cc: a snapshot is passed on once it is complete.

#include "tools/admin/snapshot_parts.h"

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <string>

#include "fusebox/v1/admin.pb.h"

namespace fusebox::tool {
namespace {

v1::WatchBreakersResponse Parse(const std::string& text) {
  v1::WatchBreakersResponse response;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &response))
      << text;
  return response;
}

class SnapshotPartsTest : public testing::Test {
 protected:
  void ExpectKept(const std::string& text) {
    v1::WatchBreakersResponse response = Parse(text);
    EXPECT_FALSE(parts_.Join(&response)) << text;
  }

  // Expects that the response is passed on as `joined`.
  void ExpectPassedOn(const std::string& text, const std::string& joined) {
    v1::WatchBreakersResponse response = Parse(text);
    EXPECT_TRUE(parts_.Join(&response)) << text;
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(
        response, Parse(joined)))
        << response.DebugString();
  }
  void ExpectPassedOn(const std::string& text) { ExpectPassedOn(text, text); }

  SnapshotParts parts_;
};

TEST_F(SnapshotPartsTest, ACompleteSnapshotIsPassedOn) {
  ExpectPassedOn("snapshot: true breakers { name { method: '/s/A' } }");
}

TEST_F(SnapshotPartsTest, PartsOfAChangeArePassedOn) {
  ExpectPassedOn("snapshot: true");
  ExpectPassedOn("more: true breakers { name { method: '/s/A' } }");
  ExpectPassedOn("breakers { name { method: '/s/B' } }");
}

TEST_F(SnapshotPartsTest, PartsOfASnapshotAreJoined) {
  ExpectKept(R"(
      snapshot: true more: true process { config_generation: 1 }
      breakers { name { method: '/s/A' } } breakers { name { method: '/s/B' } }
      events { sequence: 7 } missed_events: 2)");
  ExpectKept("more: true breakers { name { method: '/s/C' } }");
  ExpectPassedOn(R"(
      process { config_generation: 2 } breakers { name { method: '/s/D' } }
      events { sequence: 8 } missed_events: 3)",
                 R"(
      snapshot: true process { config_generation: 2 }
      breakers { name { method: '/s/A' } } breakers { name { method: '/s/B' } }
      breakers { name { method: '/s/C' } } breakers { name { method: '/s/D' } }
      events { sequence: 7 } events { sequence: 8 } missed_events: 5)");
  ExpectPassedOn("");
}

TEST_F(SnapshotPartsTest, ALaterPartOverridesAnEarlierOne) {
  ExpectKept(R"(
      snapshot: true more: true
      breakers { name { method: '/s/A' } }
      breakers { name { method: '/s/Gone' } })");
  ExpectPassedOn(
      "breakers { name { method: '/s/A' } state: OPEN } "
      "gone { method: '/s/Gone' }",
      "snapshot: true breakers { name { method: '/s/A' } state: OPEN }");
}

TEST_F(SnapshotPartsTest, AnotherSnapshotStartsOver) {
  ExpectKept(
      "snapshot: true more: true breakers { name { method: '/s/A' } } "
      "events { sequence: 1 }");
  ExpectKept("snapshot: true more: true breakers { name { method: '/s/B' } }");
  ExpectPassedOn("", "snapshot: true breakers { name { method: '/s/B' } }");
}

}  // namespace
}  // namespace fusebox::tool
