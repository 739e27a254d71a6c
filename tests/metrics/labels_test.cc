// labels_test.cc: turns names of all kinds into labels.

#include "fusebox/metrics/internal/labels.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "fusebox/base/text.h"
#include "fusebox/policy/policy.h"

namespace fusebox::internal {

void PrintTo(const BreakerLabels& labels, std::ostream* os) {
  *os << Quoted(labels.target) << ' ' << Quoted(labels.service) << ' '
      << Quoted(labels.method) << ' ' << Quoted(labels.key);
}

namespace {

BreakerLabels Of(const std::string& method, Scope scope = Scope::kMethod) {
  return LabelsOf({"t", method, ""}, scope);
}

using L = BreakerLabels;

TEST(BreakerLabels, AMethodHasItsServiceAndItsName) {
  EXPECT_EQ(Of("/shop.v1.Cart/Checkout"),
            (L{"t", "shop.v1.Cart", "Checkout", ""}));
  EXPECT_EQ(Of("/Cart/a/b"), (L{"t", "Cart", "a/b", ""}));
}

TEST(BreakerLabels, AServiceOrAChannelHasWhatItsMethodsShare) {
  EXPECT_EQ(Of("shop.v1.Cart", Scope::kService),
            (L{"t", "shop.v1.Cart", "", ""}));
  EXPECT_EQ(Of("other", Scope::kService), (L{"t", "other", "", ""}));
  EXPECT_EQ(Of("", Scope::kChannel), (L{"t", "", "", ""}));
}

TEST(BreakerLabels, ATextThatIsNoMethodNameIsOther) {
  const L other = {"t", "", "other", ""};
  for (const char* name : {"other", "Checkout", "/", "//", "//m", "/s/", "/s",
                           "s/m", "\xFF\xFE"}) {
    EXPECT_EQ(Of(name), other) << name;
    EXPECT_EQ(Of(name, Scope::kMethod), other) << name;
  }
  for (const char* name : {"/", "//", "//m", "/s/", "/s"}) {
    EXPECT_EQ(Of(name, Scope::kService), other) << name;
  }
}

TEST(BreakerLabels, AreUtf8) {
  EXPECT_EQ(LabelsOf({"caf\xC3\xA9", "/\xFF/m", "k\x80"}, Scope::kMethod),
            (L{"caf\xC3\xA9", "\\xff", "m", "k\\x80"}));
}

}  // namespace
}  // namespace fusebox::internal
