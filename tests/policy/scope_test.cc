// scope_test.cc: which methods share a breaker, and what that asks of a config.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fusebox/base/problem.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"
#include "fusebox/policy/policy_table.h"

namespace fusebox {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Policy Scoped(Scope scope, uint32_t failures = 5) {
  Policy policy;
  policy.scope = scope;
  policy.consecutive_failures = failures;
  return policy;
}

TEST(BreakerKey, IsTheMethodTheServiceOrNothing) {
  EXPECT_EQ(BreakerKey(Scope::kMethod, "/a.S/M"), "/a.S/M");
  EXPECT_EQ(BreakerKey(Scope::kService, "/a.S/M"), "a.S");
  EXPECT_EQ(BreakerKey(Scope::kChannel, "/a.S/M"), "");
}

TEST(BreakerKey, OfATextThatIsNoMethodIsTheTextOrNothing) {
  for (const char* text : {"", "/", "abc", "//m", "/abc"}) {
    EXPECT_EQ(BreakerKey(Scope::kService, text), text);
    EXPECT_EQ(BreakerKey(Scope::kChannel, text), "");
  }
}

class ScopesTest : public testing::Test {
 protected:
  void Name(const std::string& service, const std::string& method,
            const Policy& policy) {
    config_.method_policy.push_back({{{service, method}}, policy});
  }
  // The paths of what is wrong.
  std::vector<std::string> Paths() {
    std::vector<std::string> paths;
    for (const Problem& problem : config_.Validate()) {
      paths.push_back(problem.path);
    }
    return paths;
  }

  Config config_;
};

TEST_F(ScopesTest, EqualPoliciesMayShareABreaker) {
  config_.default_policy = Scoped(Scope::kService);
  Name("s", "m", Scoped(Scope::kService));
  Name("s", "", Scoped(Scope::kService));
  Name("t", "", Scoped(Scope::kService, 7));
  EXPECT_THAT(Paths(), IsEmpty());
}

TEST_F(ScopesTest, UnequalPoliciesMayNotShareTheBreakerOfAService) {
  Name("s", "", Scoped(Scope::kService));
  Name("s", "m", Scoped(Scope::kService, 6));
  Name("s", "n", Scoped(Scope::kMethod, 7));
  EXPECT_THAT(config_.Validate(),
              ElementsAre(Problem{"method_policy[1].policy",
                                  "must equal the policy of \"s\", with which "
                                  "it shares the breaker of service \"s\""}));
}

TEST_F(ScopesTest, TheDefaultSharesWhereTheServiceIsNotNamed) {
  config_.default_policy = Scoped(Scope::kService);
  Name("s", "m", Scoped(Scope::kService, 6));
  EXPECT_THAT(Paths(), ElementsAre("method_policy[0].policy"));
  Name("s", "", Scoped(Scope::kService, 6));
  EXPECT_THAT(Paths(), IsEmpty());
}

TEST_F(ScopesTest, UnequalPoliciesMayNotShareTheChannelsBreaker) {
  config_.default_policy = Scoped(Scope::kChannel);
  config_.method_policy.push_back(
      {{{"s", ""}, {"t", ""}, {"u", "m"}}, Scoped(Scope::kChannel, 6)});
  EXPECT_THAT(config_.Validate(),
              ElementsAre(Problem{"method_policy[0].policy",
                                  "must equal the policy of every method, "
                                  "with which it shares the channel's "
                                  "breaker"}));
}

TEST_F(ScopesTest, AnEntryForEveryMethodStandsForTheDefault) {
  config_.default_policy = Scoped(Scope::kChannel, 1);
  Name("", "", Scoped(Scope::kChannel, 2));
  Name("s", "", Scoped(Scope::kChannel, 2));
  EXPECT_THAT(Paths(), IsEmpty());
}

}  // namespace
}  // namespace fusebox
