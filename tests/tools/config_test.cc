// config_test.cc: fusebox config get, update, diff, history and rollback.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "fusebox/config/config_parser.h"
#include "fusebox/registry/config_file.h"
#include "tests/tools/process.h"
#include "tests/tools/scripted_process.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;  // NOLINT
using testing::AllOf;
using testing::ContainsRegex;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kSevenFailures[] =
    R"({"methodPolicy": [{"name": [{"service": "shop.v1.Cart"}],
        "policy": {"consecutiveFailures": 7}}]})";

class ConfigCommand : public testing::Test {
 protected:
  ConfigCommand() {
    process_.Find("/shop.v1.Cart/Checkout");
    process_.Find("/shop.v1.Cart/Pay");
    process_.Find("/s/Other");
  }

  Finished Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "config");
    arguments.insert(arguments.end(), {"--admin", process_.address()});
    return RunTool(arguments);
  }
  // Runs the command for both processes, the other one first.
  Finished RunBoth(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--admin", other_.address()});
    return Run(arguments);
  }
  uint64_t generation() { return process_.registry().config_generation(); }

  const std::string file_ = WriteFile("config.json", kSevenFailures);
  ScriptedProcess process_{"config"};
  ScriptedProcess other_{"config2"};
};

TEST_F(ConfigCommand, DiffSaysWhatTheFileWouldChangeAndChangesNothing) {
  const Finished diff = Run({"diff", file_});
  EXPECT_EQ(diff.exit_code, 1) << "as diff(1)";
  EXPECT_EQ(diff.out,
            "/shop.v1.Cart/: consecutiveFailures: 5 -> 7 (2 breakers)\n");
  EXPECT_EQ(generation(), 1u);
  EXPECT_EQ(Run({"update", file_}).exit_code, 0);
  const Finished none = Run({"diff", file_});
  EXPECT_EQ(none.exit_code, 0) << none.err;
  EXPECT_EQ(none.out, "no change\n");
}

TEST_F(ConfigCommand, DiffNamesTheProcessOfEachChange) {
  other_.Find("/shop.v1.Cart/Pay");
  EXPECT_EQ(Run({"update", file_}).exit_code, 0);
  EXPECT_EQ(RunBoth({"diff", file_}).out,
            other_.address() +
                ": /shop.v1.Cart/: consecutiveFailures: 5 -> 7 (1 breaker)\n" +
                process_.address() + ": no change\n");
}

TEST_F(ConfigCommand, DiffWorksWhereNothingMayBeChanged) {
  ScriptedProcess closed("closed", {}, /*read_only=*/true);
  const Finished diff =
      RunTool({"config", "diff", file_, "--admin", closed.address()});
  EXPECT_EQ(diff.out,
            "/shop.v1.Cart/: consecutiveFailures: 5 -> 7 (no breaker yet)\n");
}

TEST_F(ConfigCommand, ADryRunPrintsTheChangesAndMakesNone) {
  const Finished run = Run({"update", file_, "--dry-run"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.out,
            "/shop.v1.Cart/: consecutiveFailures: 5 -> 7 (2 breakers)\n");
  EXPECT_EQ(generation(), 1u);
  EXPECT_EQ(process_.CallsOf("UpdateConfig"), 0u);
}

TEST_F(ConfigCommand, ADryRunTellsThatTheProcessIsReadOnly) {
  ScriptedProcess closed("closed", {}, /*read_only=*/true);
  const Finished run = RunTool(
      {"config", "update", file_, "--dry-run", "--admin", closed.address()});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.err, "fusebox config update: " + closed.address() +
                         ": is read-only and would refuse\n");
}

TEST_F(ConfigCommand, AConfigThatIsInForceMakesNoGeneration) {
  EXPECT_EQ(Run({"update", file_}).exit_code, 0);
  const Finished again = Run({"update", file_});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.out, HasSubstr("generation 2 is in force as before"));
  EXPECT_EQ(generation(), 2u);
}

TEST_F(ConfigCommand, HistorySaysWhoChangedWhatAndWhen) {
  EXPECT_EQ(Run({"update", file_}).exit_code, 0);
  process_.clock().Advance(90s);
  const Finished history = Run({"history"});
  EXPECT_EQ(history.exit_code, 0) << history.err;
  EXPECT_THAT(history.out,
              AllOf(ContainsRegex("GENERATION +AGE +BY +CHANGE\n"),
                    ContainsRegex(" 1 +1m30s +the program +the first one"),
                    ContainsRegex(" 2 +1m30s +[a-z]+ +/shop.v1.Cart/: "
                                  "consecutiveFailures: 5 -> 7\n")));
  EXPECT_THAT(Run({"history", "--json"}).out,
              AllOf(HasSubstr(R"("source":"OPERATOR")"),
                    HasSubstr(R"("before":"5","after":"7")")));
}

TEST_F(ConfigCommand, RollbackUndoesTheLastUpdateAndThenItself) {
  EXPECT_EQ(Run({"update", file_}).exit_code, 0);
  const Finished back = Run({"rollback"});
  EXPECT_EQ(back.exit_code, 0) << back.err;
  EXPECT_EQ(back.out, process_.address() + ": generation 3 is in force\n");
  EXPECT_EQ(Run({"diff", file_}).exit_code, 1);
  EXPECT_THAT(Run({"history"}).out, HasSubstr("7 -> 5 (equal to 1)"));
  EXPECT_EQ(Run({"rollback"}).exit_code, 0);
  EXPECT_EQ(Run({"diff", file_}).exit_code, 0) << "the file's config again";
}

TEST_F(ConfigCommand, RollbackReturnsToTheGenerationThatIsNamed) {
  EXPECT_EQ(Run({"update", file_}).exit_code, 0);
  EXPECT_EQ(Run({"update", WriteFile("empty.json", "{}")}).exit_code, 0);
  EXPECT_EQ(Run({"rollback", "--generation", "2", "--dry-run"}).out,
            "/shop.v1.Cart/: consecutiveFailures: 5 -> 7 (2 breakers)\n");
  EXPECT_EQ(Run({"rollback", "--generation", "2"}).exit_code, 0);
  EXPECT_EQ(Run({"diff", file_}).exit_code, 0);
  const Finished none = Run({"rollback", "--generation", "9"});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_THAT(none.err, HasSubstr("NOT_FOUND: generation: must be one that is "
                                  "kept, 1 to 4, is 9"));
}

TEST_F(ConfigCommand, RollbackNeedsAnEarlierConfig) {
  const Finished run = Run({"rollback"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.err, "fusebox config rollback: " + process_.address() +
                         ": has had only one config since it began\n");
}

TEST_F(ConfigCommand, SeveralProcessesGetTheConfigTogether) {
  const Finished update = RunBoth({"update", file_});
  EXPECT_EQ(update.exit_code, 0) << update.err;
  EXPECT_EQ(update.out, other_.address() + ": generation 2 is in force\n" +
                            process_.address() +
                            ": generation 2 is in force\n");
  EXPECT_EQ(RunBoth({"rollback"}).exit_code, 0);
  EXPECT_EQ(RunBoth({"diff", WriteFile("empty.json", "{}")}).exit_code, 0);
}

TEST_F(ConfigCommand, IfOneProcessRefusesNoneIsChanged) {
  ScriptedProcess closed("closed", {}, /*read_only=*/true);
  const Finished update = Run({"update", file_, "--admin", closed.address()});
  EXPECT_EQ(update.exit_code, 1);
  EXPECT_THAT(update.out, IsEmpty());
  EXPECT_THAT(update.err,
              AllOf(HasSubstr(closed.address() + ": is read-only"),
                    EndsWith("nothing was changed in any process\n")));
  other_.Stop();
  EXPECT_EQ(RunBoth({"update", file_}).exit_code, 1) << "it does not answer";
  EXPECT_EQ(generation(), 1u);
}

TEST_F(ConfigCommand, AFollowedFileIsReplacedOnlyOnDemand) {
  const std::string followed = WriteFile("followed.json", "{}");
  const auto file = ConfigFile::Watch(
      followed,
      std::shared_ptr<Registry>(&process_.registry(), [](Registry*) {}), {});
  ASSERT_TRUE(file.ok()) << file.status();
  const uint64_t before = generation();
  const Finished refused = Run({"update", file_});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err,
              AllOf(HasSubstr("FAILED_PRECONDITION: "), HasSubstr(followed),
                    EndsWith("  Change the file, or give "
                             "--until-file-changes.\n")));
  EXPECT_EQ(generation(), before);
  EXPECT_EQ(Run({"diff", file_}).exit_code, 1) << "a diff is possible";
  EXPECT_THAT(Run({"get"}).err, HasSubstr("the process follows " + followed));
  EXPECT_EQ(Run({"update", file_, "--until-file-changes"}).exit_code, 0);
  EXPECT_EQ(generation(), before + 1);
  EXPECT_THAT(Run({"history"}).out, HasSubstr("It follows " + followed));
  EXPECT_EQ(Run({"rollback"}).exit_code, 1) << "it replaces the file's, too";
}

TEST_F(ConfigCommand, UnusedListsNamesThatNoCallHasMet) {
  ScriptedProcess shop("shop", *ParseConfigJson(R"({"methodPolicy": [
      {"name": [{"service": "shop.v1.Cart", "method": "Chekout"},
                {"service": "shop.v1.Cart", "method": "Pay"},
                {"service": "shop.v1.Crat"},
                {"service": "stock.v1.Stock", "method": "Reserve"}],
       "policy": {}}]})"));
  const auto unused = [&] {
    return RunTool({"config", "unused", "--admin", shop.address()});
  };
  const auto get = [&](const std::string& method) {
    return RunTool({"get", method, "--admin", shop.address()});
  };
  shop.Call("+", "/shop.v1.Cart/Checkout");
  shop.Call("+", "/shop.v1.Cart/Pay");
  constexpr char kNames[] =
      "/shop.v1.Cart/Chekout (similar to /shop.v1.Cart/Checkout)\n"
      "/shop.v1.Crat/ (similar to /shop.v1.Cart/)\n"
      "/stock.v1.Stock/Reserve\n";
  const Finished early = unused();
  EXPECT_EQ(early.exit_code, 0) << "it is too early to tell";
  EXPECT_EQ(early.out, kNames);
  EXPECT_THAT(early.err, HasSubstr("has made only 2 calls so far"));
  shop.Call(std::string(998, '+'), "/shop.v1.Cart/Pay");
  const Finished now = unused();
  EXPECT_EQ(now.exit_code, 1);
  EXPECT_EQ(now.out, kNames);
  EXPECT_THAT(now.err, IsEmpty());

  EXPECT_THAT(get("/shop.v1.Cart/Checkout").out,
              HasSubstr("the config names /shop.v1.Cart/Chekout, which no call "
                        "has met"));
  EXPECT_THAT(get("/shop.v1.Cart/Pay").out, Not(HasSubstr("no call has met")));
  EXPECT_EQ(get("/shop.v1.Cart/Chekout").err,
            "fusebox get: no breaker in use is named "
            "\"/shop.v1.Cart/Chekout\", which a config names and no call has "
            "met; the nearest name is \"/shop.v1.Cart/Checkout\"\n");
}

}  // namespace
}  // namespace fusebox
