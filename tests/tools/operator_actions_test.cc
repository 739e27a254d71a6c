// operator_actions_test.cc: what operators do to real processes, on the
// outages that `scripts/demo --operator` plays.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/tools/process.h"
#include "tests/tools/pty.h"

namespace fusebox {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const char* const kProcesses[] = {"cart", "checkout", "search"};

class OperatorActions : public testing::Test {
 protected:
  explicit OperatorActions(const std::string& options = " --pause 1000")
      : demo_(Pty::Shell(FUSEBOX_OUTAGE " --operator" + options)) {
    demo_.AwaitText("Press Ctrl-C to end it.");
    std::smatch match;
    const std::string& text = demo_.bytes();
    EXPECT_TRUE(std::regex_search(text, match, std::regex("\nD=([^\r\n]+)")));
    folder_ = match[1];
  }
  ~OperatorActions() override {
    demo_.Type("\x03");
    demo_.AwaitExit();
  }

  std::string AddressOf(const std::string& process) const {
    return "unix:" + folder_ + "/" + process + ".sock";
  }
  // Runs a command for all three processes.
  Finished Run(std::vector<std::string> command) const {
    for (const char* const process : kProcesses) {
      command.insert(command.end(), {"--admin", AddressOf(process)});
    }
    return RunTool(command);
  }
  // Runs a command with --json, and returns its lines.
  std::vector<json> Lines(std::vector<std::string> command) const {
    command.emplace_back("--json");
    std::vector<json> lines;
    std::istringstream out(Run(std::move(command)).out);
    for (std::string line; std::getline(out, line);) {
      lines.push_back(json::parse(line));
    }
    return lines;
  }
  std::string LogOf(const std::string& process) const {
    std::ifstream file(folder_ + "/" + process + ".log");
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  static void Await(const std::function<bool()>& is_so) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!is_so()) {
      ASSERT_LT(std::chrono::steady_clock::now(), end);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  Pty demo_;
  std::string folder_;
};

TEST_F(OperatorActions, UpdateRollbackAndEditOfTheFileThatProcessesFollow) {
  const std::string before =
      RunTool({"config", "get", "--admin", AddressOf("cart")}).out;
  json changed = json::parse(before);
  changed["defaultPolicy"]["openDuration"] = "7s";
  changed["methodPolicy"][0]["policy"]["openDuration"] = "7s";
  const std::string file = WriteFile("new.json", changed.dump());
  const std::string old = WriteFile("old.json", before);

  EXPECT_EQ(Run({"config", "diff", old}).exit_code, 0);
  const Finished diff = Run({"config", "diff", file});
  EXPECT_EQ(diff.exit_code, 1);
  for (const char* const process : kProcesses) {
    EXPECT_THAT(diff.out,
                AllOf(HasSubstr(AddressOf(process) +
                                ": defaultPolicy.openDuration: 1s -> 7s"),
                      HasSubstr(AddressOf(process) +
                                ": /shop.v1.Cart/Checkout: openDuration: 2s "
                                "-> 7s")));
  }

  const Finished refused = Run({"config", "update", file});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("nothing was changed in any process"));
  EXPECT_EQ(Run({"config", "diff", old}).exit_code, 0);

  EXPECT_EQ(Run({"config", "update", file, "--until-file-changes"}).exit_code,
            0);
  EXPECT_EQ(Run({"config", "diff", file}).exit_code, 0);
  EXPECT_EQ(Run({"config", "rollback", "--until-file-changes"}).exit_code, 0);
  EXPECT_EQ(Run({"config", "diff", old}).exit_code, 0);
  EXPECT_EQ(Run({"config", "rollback", "--until-file-changes"}).exit_code, 0);
  EXPECT_EQ(Run({"config", "diff", file}).exit_code, 0);

  changed["defaultPolicy"]["openDuration"] = "6s";
  std::ofstream(folder_ + "/breakers.json") << changed.dump();
  for (const char* const process : kProcesses) {
    Await([&] {
      return LogOf(process).find("this undoes config") != std::string::npos;
    });
    EXPECT_THAT(LogOf(process),
                HasSubstr("defaultPolicy.openDuration: 7s -> 6s; this undoes"));
  }
  for (const json& record : Lines({"config", "history"})) {
    if (record["generation"] < 6) continue;
    EXPECT_EQ(record["source"], "FILE");
    EXPECT_EQ(record["author"], folder_ + "/breakers.json");
  }
}

TEST_F(OperatorActions, AHoldItsRenewalAndItsEndAreEventsWithTheirAuthor) {
  const auto hold = [&](const std::string& time) {
    return Run({"mode", "open", "/shop.v1.Cart/Get", "--for", time}).exit_code;
  };
  EXPECT_EQ(hold("1h"), 0);
  EXPECT_THAT(Lines({"list", "--troubled"}), SizeIs(3));
  EXPECT_EQ(hold("1s"), 0);
  const auto actions = [&] {
    std::map<std::string, std::vector<std::string>> by_process;
    for (const json& event : Lines({"events", "--type", "mode"})) {
      EXPECT_EQ(event["author"], getpwuid(geteuid())->pw_name);
      by_process[event["process"]].push_back(event["action"]);
    }
    return by_process;
  };
  Await([&] {
    size_t expired = 0;
    for (const auto& [process, all] : actions()) {
      expired += all.back() == "EXPIRED";
    }
    return expired == 3;
  });
  for (const auto& [process, all] : actions()) {
    EXPECT_THAT(all, ElementsAre("SET", "RENEWED", "EXPIRED")) << process;
  }
  EXPECT_THAT(Lines({"list", "--troubled"}), IsEmpty());
}

class ResetAfterAnOutage : public OperatorActions {
 protected:
  ResetAfterAnOutage() : OperatorActions(" --outage 2 --pause 5") {}

  // Returns how many calls of each circuit have succeeded.
  std::map<std::string, uint64_t> Successes() const {
    std::map<std::string, uint64_t> successes;
    for (const json& breaker : Lines({"list"})) {
      successes[breaker["process"].get<std::string>() +
                breaker["name"]["method"].get<std::string>()] =
          breaker["totals"]["successes"];
    }
    return successes;
  }
};

// Before the reset nudged the channels, the first calls after it met gRPC's
// backoff, failed, and opened the circuits again.
TEST_F(ResetAfterAnOutage, EveryCircuitStaysClosedOnceTheBackendIsBack) {
  demo_.AwaitText("the server is back");
  const auto before = Successes();
  const std::vector<json> reset = Lines({"reset", "*"});
  EXPECT_THAT(reset, SizeIs(15));
  for (const json& breaker : reset) {
    EXPECT_EQ(breaker["state"], "CLOSED") << breaker;
  }
  Await([&] {
    const auto now = Successes();
    for (const auto& [circuit, successes] : before) {
      if (now.at(circuit) <= successes) return false;
    }
    return true;
  });
  std::map<std::string, bool> was_reset;
  for (const json& event : Lines({"events", "--type", "transition"})) {
    const std::string circuit = event["process"].get<std::string>() +
                                event["breaker"]["method"].get<std::string>();
    if (event["action"] == "RESET") was_reset[circuit] = true;
    EXPECT_FALSE(was_reset[circuit] && event["to"] == "OPEN") << event;
  }
  EXPECT_THAT(was_reset, SizeIs(15));
}

}  // namespace
}  // namespace fusebox
