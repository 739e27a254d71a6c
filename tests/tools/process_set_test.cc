// process_set_test.cc: which processes a set watches while sockets come and go.

#include "tools/admin/process_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/admin/server.h"
#include "fusebox/registry/registry.h"
#include "tools/admin/address.h"
#include "tools/admin/expand.h"

namespace fusebox::tool {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ProcessSetTest : public testing::Test {
 protected:
  ~ProcessSetTest() override { std::filesystem::remove_all(folder_); }

  std::string Address(const std::string& name) const {
    return "unix:" + folder_ + "/" + name;
  }

  void Serve(const std::string& name) {
    servers_[name] = *AdminServer::Create(Registry::Create(), Address(name));
  }
  void Stop(const std::string& name) { servers_.erase(name); }

  // Looks only when the test says so.
  std::unique_ptr<ProcessSet> Watch(const std::vector<std::string>& addresses) {
    const auto given = *AdminAddresses(addresses, nullptr);
    std::vector<AdminAddress> patterns;
    for (const AdminAddress& address : given) {
      if (IsPattern(address)) patterns.push_back(address);
    }
    return std::make_unique<ProcessSet>(
        *Expand(given), patterns,
        ProcessSet::Callbacks{
            [this](size_t index, const AdminAddress& address) {
              EXPECT_EQ(index, begun_.size());
              begun_.push_back(address.text);
            },
            [this](size_t index) {
              if (connected_.count(index) > 0) return false;
              ended_.push_back(begun_[index]);
              return true;
            }},
        std::chrono::hours(1));
  }

  const std::string folder_ =
      "/tmp/fusebox_process_set." + std::to_string(getpid());
  std::map<std::string, std::unique_ptr<AdminServer>> servers_;
  std::vector<std::string> begun_;
  std::vector<std::string> ended_;
  std::set<size_t> connected_;
};

TEST_F(ProcessSetTest, WatchesEverySocketOnce) {
  Serve("a");
  const auto set = Watch({Address("?"), Address("[ab]"), "unix:/x"});
  EXPECT_THAT(begun_, ElementsAre(Address("a"), "unix:/x"));
  Serve("b");
  set->Look();
  set->Look();
  EXPECT_THAT(begun_, ElementsAre(Address("a"), "unix:/x", Address("b")));
  EXPECT_THAT(ended_, IsEmpty());
}

TEST_F(ProcessSetTest, EndsWhatHasNoSocketAndNoConnection) {
  Serve("a");
  Serve("b");
  const auto set = Watch({Address("?"), "unix:/x"});
  connected_ = {0};
  Stop("a");
  Stop("b");
  set->Look();
  EXPECT_THAT(ended_, ElementsAre(Address("b")));
  connected_ = {};
  set->Look();
  set->Look();
  EXPECT_THAT(ended_, ElementsAre(Address("b"), Address("a")));
  Serve("b");
  set->Look();
  EXPECT_THAT(begun_,
              ElementsAre(Address("a"), Address("b"), "unix:/x", Address("b")));
}

TEST_F(ProcessSetTest, LooksByItself) {
  Serve("a");
  std::promise<std::string> second;
  const std::vector<AdminAddress> patterns =
      *AdminAddresses({Address("?")}, nullptr);
  const ProcessSet set(*Expand(patterns), patterns,
                       {[&](size_t index, const AdminAddress& address) {
                          if (index == 1) second.set_value(address.text);
                        },
                        [](size_t) { return false; }},
                       std::chrono::milliseconds(1));
  Serve("b");
  EXPECT_EQ(second.get_future().get(), Address("b"));
}

}  // namespace
}  // namespace fusebox::tool
