// bad_syntax_test.cc: tests the exact errors for configs that cannot be read.

#include <gtest/gtest.h>

#include <string>

#include "fusebox/config/config_parser.h"
#include "tests/config/config_texts.h"

namespace fusebox {
namespace {

const std::string kFields =
    "the fields are preset, consecutiveFailures, maxFailureGap, failureScore, "
    "failureRate, "
    "slowCallRate, "
    "window, openDuration, openBackoff, halfOpen, recoveryRamp, "
    "maxConcurrentCalls, mode, failureCodes, ignoredCodes, minDeadline, "
    "idleStreamAge, "
    "honorPushback, maxPushback, rejectionCode, scope, streamVerdict, "
    "countBrokenStreams";

TEST(BadSyntax, ReportsTextThatIsNotJsonByLineAndColumn) {
  ExpectProblems({
      {"",
       {"line 1, column 1: unexpected end of input; expected '[', '{', or a "
        "literal"}},
      {" \n\n",
       {"line 3, column 1: unexpected end of input; expected '[', '{', or a "
        "literal"}},
      {"{",
       {"line 1, column 2: unexpected end of input; expected string literal"}},
      {"{\n  \"defaultPolicy\": {\n  },\n}",
       {"line 4, column 1: unexpected '}'; expected string literal"}},
      {R"({"methodPolicy": [1,]})",
       {"line 1, column 21: unexpected ']'; expected '[', '{', or a literal"}},
      {"{} x",
       {"line 1, column 4: invalid literal; last read: '{} x'; expected end of "
        "input"}},
      {"{} {}", {"line 1, column 4: unexpected '{'; expected end of input"}},
      {R"({"defaultPolicy" {}})",
       {"line 1, column 18: unexpected '{'; expected ':'"}},
      {R"({'defaultPolicy': {}})",
       {"line 1, column 2: invalid literal; last read: '{''; expected string "
        "literal"}},
      {"{\"defaultPolicy\": {}} // why",
       {"line 1, column 23: invalid literal; last read: '\"defaultPolicy\": "
        "{}} /'; expected end of input"}},
      {InDefaultPolicy(R"("mode": ENFORCE)"),
       {"line 1, column 28: invalid literal; last read: '\"mode\": E'"}},
      {InDefaultPolicy(R"("mode": "ENFORCE)"),
       {"line 1, column 38: invalid string: missing closing quote; last read: "
        "'\"ENFORCE}}'"}},
      {InDefaultPolicy("\"mode\": \"EN\nFORCE\""),
       {"line 1, column 31: invalid string: control character U+000A (LF) must "
        "be escaped to \\u000A or \\n; last read: '\"EN<U+000A>'"}},
      {InDefaultPolicy(R"("failureRate": {"threshold": NaN})"),
       {"line 1, column 49: invalid literal; last read: '\"threshold\": N'"}},
      {InDefaultPolicy(R"("failureRate": {"threshold": -Infinity})"),
       {"line 1, column 50: invalid number; expected digit after '-'; last "
        "read: '-I'"}},
      {InDefaultPolicy(R"("failureRate": {"threshold": .5})"),
       {"line 1, column 49: invalid literal; last read: '\"threshold\": .'"}},
      {InDefaultPolicy(R"("failureRate": {"threshold": 1e999})"),
       {"line 1, column 53: number overflow parsing '1e999'"}},
      {InDefaultPolicy(R"("consecutiveFailures": 0x10)"),
       {"line 1, column 44: invalid literal; last read: '0x'; expected '}'"}},
      {InDefaultPolicy(R"("consecutiveFailures": 007)"),
       {"line 1, column 44: unexpected number literal; expected '}'"}},
      {"{\"a\xff\": 1}",
       {"line 1, column 4: invalid string: ill-formed UTF-8 byte"}},
      {"{\"\xc3\xa4\xc3\xb6\": \xff}", {"line 1, column 8: invalid literal"}},
      {std::string("{\0}", 3),
       {"line 1, column 2: invalid literal: a NUL byte"}},
      {std::string("{}\0 {", 5),
       {"line 1, column 3: invalid literal: a NUL byte"}},
      {"\"" + std::string(10'000, 'x'),
       {"line 1, column 10002: invalid string: missing closing quote"}},
      {"\xff{", {"line 1, column 1: invalid literal"}},
  });
}

TEST(BadSyntax, AConfigIsAnObjectOfBoundedSizeAndDepth) {
  std::string deep = R"({"x": )";
  for (int i = 0; i < 100'000; ++i) deep += '[';
  ExpectProblems({
      {"[]", {"config: must be an object, is an array"}},
      {"null", {"config: must be an object, is null"}},
      {"5", {"config: must be an object, is 5"}},
      {"\"{}\"", {"config: must be an object, is \"{}\""}},
      {deep, {"config: must nest at most 32 deep"}},
      {std::string(kMaxConfigBytes, ' ') + "{}",
       {"config: must be at most 16777216 bytes, is 16777218"}},
  });
}

TEST(BadSyntax, ReportsUnknownFieldsWithTheKnownOnes) {
  ExpectProblems({
      {R"({"policy": {}})",
       {"policy: is not a field; the fields are defaultPolicy, methodPolicy"}},
      {R"({"defaultPolcy": {}})",
       {"defaultPolcy: is not a field; the nearest is defaultPolicy"}},
      {R"({"DefaultPolicy": {}})",
       {"DefaultPolicy: is not a field; the nearest is defaultPolicy"}},
      {R"({"default_policy": {"open_duration": "-1s"}})",
       {"default_policy: must be written defaultPolicy",
        "default_policy.open_duration: must be written openDuration",
        "defaultPolicy.openDuration: must be greater than 0s, is -1s"}},
      {R"({"methodPolicy": [{"names": [{"service": "s"}]}]})",
       {"methodPolicy[0].names: is not a field; the nearest is name",
        "methodPolicy[0].name: must have at least one entry"}},
      {R"({"methodPolicy": [{"name": [{"svc": "s"}]}]})",
       {"methodPolicy[0].name[0].svc: is not a field; the fields are service, "
        "method"}},
  });
  ExpectPolicyProblems({
      {R"("timeout": "1s")", {"timeout: is not a field; " + kFields}},
      {R"("consecutiveFailure": 5)",
       {"consecutiveFailure: is not a field; the nearest is "
        "consecutiveFailures"}},
      {R"("failureRate": {"treshold": 0.5})",
       {"failureRate.treshold: is not a field; the nearest is threshold"}},
      {R"("": 1)", {": is not a field; " + kFields}},
      {"\"a\\n\\\"b\\u0001\": 1",
       {"a\\n\\\"b\\x01: is not a field; " + kFields}},
      {R"("window": {"size": 10})",
       {"window.size: is not a field; the fields are duration, calls"}},
  });
}

TEST(BadSyntax, RefusesDuplicateFieldsAndNull) {
  ExpectProblems({
      {R"({"defaultPolicy": {}, "defaultPolicy": {"mode": "DRY_RUN"}})",
       {"defaultPolicy: must be given once"}},
      {R"({"defaultPolicy": null})",
       {"defaultPolicy: must not be null; leave out what is not to be set"}},
      {R"({"methodPolicy": [null]})",
       {"methodPolicy[0]: must be an object, is null"}},
  });
  ExpectPolicyProblems({
      {R"("openDuration": "1s", "openDuration": "2s")",
       {"openDuration: must be given once"}},
      {R"("openDuration": "1s", "open_duration": "2s")",
       {"open_duration: must be written openDuration",
        "open_duration: must be given once"}},
      {R"("failureRate": null)",
       {"failureRate: must not be null; leave out what is not to be set"}},
      {R"("window": {"calls": 10, "duration": "1s"})",
       {"window.duration: must not be given together with calls"}},
      {R"("window": {"duration": "1s", "calls": 10})",
       {"window.calls: must not be given together with duration"}},
  });
}

TEST(BadSyntax, RefusesValuesOfAnotherType) {
  ExpectProblems({
      {R"({"defaultPolicy": []})",
       {"defaultPolicy: must be an object, is an array"}},
      {R"({"methodPolicy": {}})",
       {"methodPolicy: must be an array, is an object"}},
      {R"({"methodPolicy": [5]})",
       {"methodPolicy[0]: must be an object, is 5"}},
      {R"({"methodPolicy": [{"name": {"service": "s"}}]})",
       {"methodPolicy[0].name: must be an array, is an object"}},
      {R"({"methodPolicy": [{"name": ["s/m"]}]})",
       {"methodPolicy[0].name[0]: must be an object, is \"s/m\""}},
      {R"({"methodPolicy": [{"name": [{"service": 5}]}]})",
       {"methodPolicy[0].name[0].service: must be a string, is 5"}},
  });
  ExpectPolicyProblems({
      {R"("consecutiveFailures": "5")",
       {"consecutiveFailures: must be an integer, is \"5\""}},
      {R"("consecutiveFailures": true)",
       {"consecutiveFailures: must be an integer, is true"}},
      {R"("consecutiveFailures": -1)",
       {"consecutiveFailures: must be an integer in [0, 4294967295], is -1"}},
      {R"("consecutiveFailures": 2.5)",
       {"consecutiveFailures: must be an integer in [0, 4294967295], is 2.5"}},
      {R"("consecutiveFailures": 4294967296)",
       {"consecutiveFailures: must be an integer in [0, 4294967295], is "
        "4294967296"}},
      {R"("consecutiveFailures": 1e30)",
       {"consecutiveFailures: must be an integer in [0, 4294967295], is 1e30"}},
      {R"("maxConcurrentCalls": 99999999999999999999)",
       {"maxConcurrentCalls: must be an integer in [0, 4294967295], is "
        "99999999999999999999"}},
      {R"("failureRate": 0.5)", {"failureRate: must be an object, is 0.5"}},
      {R"("failureRate": {"threshold": "0.5"})",
       {"failureRate.threshold: must be a number, is \"0.5\""}},
      {R"("failureRate": {"threshold": "NaN"})",
       {"failureRate.threshold: must be a number, is \"NaN\""}},
      {R"("honorPushback": 1)", {"honorPushback: must be true or false, is 1"}},
      {R"("honorPushback": "true")",
       {"honorPushback: must be true or false, is \"true\""}},
      {R"("failureCodes": "UNAVAILABLE")",
       {"failureCodes: must be an array, is \"UNAVAILABLE\""}},
      {R"("halfOpen": [])", {"halfOpen: must be an object, is an array"}},
  });
}

TEST(BadSyntax, RefusesEnumsThatAreNotGivenByName) {
  ExpectPolicyProblems({
      {R"("mode": 1)",
       {"mode: must be ENFORCE, DRY_RUN, DISABLED or FORCED_OPEN, is 1"}},
      {R"("mode": "dry_run")",
       {"mode: must be ENFORCE, DRY_RUN, DISABLED or FORCED_OPEN, is "
        "\"dry_run\""}},
      {R"("preset": "FAST")",
       {"preset: must be CLASSIC or RESPONSIVE, is \"FAST\""}},
      {R"("scope": "GLOBAL")",
       {"scope: must be METHOD, SERVICE or CHANNEL, is \"GLOBAL\""}},
      {R"("streamVerdict": false)",
       {"streamVerdict: must be FIRST_MESSAGE or FINAL_STATUS, is false"}},
      {R"("rejectionCode": "BUSY")",
       {"rejectionCode: " + MustBeACode("\"BUSY\"")}},
  });
}

TEST(BadSyntax, RefusesDurationsThatAreNotDecimalSeconds) {
  const std::string form =
      "openDuration: must be a duration like \"1.5s\", is ";
  ExpectPolicyProblems({
      {R"("openDuration": 5)", {form + "5"}},
      {R"("openDuration": "5ms")", {form + "\"5ms\""}},
      {R"("openDuration": {"seconds": 5})", {form + "an object"}},
      {R"("openDuration": "1.0123456789s")",
       {"openDuration: must have at most 9 digits after the point, is "
        "\"1.0123456789s\""}},
      {R"("openDuration": "9223372037s")",
       {"openDuration: must be within +-9223372036.854775807s, is "
        "\"9223372037s\""}},
      {R"("openDuration": "-99999999999999999999s")",
       {"openDuration: must be within +-9223372036.854775807s, is "
        "\"-99999999999999999999s\""}},
  });
}

TEST(ParseConfigTextproto, AnEmptyTextMayHaveBeenCutOff) {
  for (const char* const text : {"", " \n", "# breakers of the shop\n"}) {
    EXPECT_EQ(
        ParseConfigTextproto(text).status(),
        absl::InvalidArgumentError("config: must have at least one field"))
        << text;
  }
}

}  // namespace
}  // namespace fusebox
