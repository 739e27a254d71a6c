// call_log_test.cc: reads recorded calls in the order of their start, and
// reports problems by line and column.

#include "tools/replay/call_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/base/problem.h"

namespace fusebox::tool {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kHeader[] = "start_us,duration_us,method,code\n";
constexpr char kLongHeader[] = "start_us,duration_us,method,code,pushback_ms\n";

class CallLogTest : public testing::Test {
 protected:
  ~CallLogTest() override { std::filesystem::remove(path_); }

  // Returns null if there are problems.
  std::unique_ptr<CallLog> Open(const std::string& text) {
    std::ofstream(path_, std::ios::binary) << text;
    problems_.clear();
    return CallLog::Open(
        path_, [](const char*, uint64_t) {}, &problems_);
  }

  // Returns one text per call: "start+duration method code pushback @line".
  std::vector<std::string> Read(const std::string& text) {
    std::vector<std::string> calls;
    const auto log = Open(text);
    EXPECT_THAT(problems_, IsEmpty());
    RecordedCall call;
    while (log != nullptr && log->Next(&call)) {
      calls.push_back(
          std::to_string(call.start_us) + "+" +
          std::to_string(call.duration_us) + " " + std::string(call.method) +
          " " + std::to_string(call.code) + " " +
          std::to_string(call.pushback_ms) + " @" + std::to_string(call.line));
    }
    return calls;
  }

  // Returns "line:column: message" for each problem.
  std::vector<std::string> ProblemsOf(const std::string& text) {
    EXPECT_EQ(Open(text), nullptr);
    std::vector<std::string> lines;
    for (const Problem& problem : problems_) {
      EXPECT_EQ(problem.path.substr(0, path_.size() + 1), path_ + ":");
      lines.push_back(ToString(problem).substr(path_.size() + 1));
    }
    return lines;
  }

  const std::string path_ =
      testing::TempDir() + "call_log_test." + std::to_string(getpid());
  Problems problems_;
};

TEST_F(CallLogTest, ReadsCodesByNameAndByNumber) {
  EXPECT_THAT(
      Read(std::string(kHeader) +
           "1,2,/s/M,OK\n1,2,/s/M,UNAVAILABLE\n1,2,/s/M,14\n"),
      ElementsAre("1+2 /s/M 0 0 @2", "1+2 /s/M 14 0 @3", "1+2 /s/M 14 0 @4"));
}

TEST_F(CallLogTest, NumbersThatAreNotCodesMeanUnknown) {
  for (const char* code :
       {"17", "-1", "999", "99999999999999999999", "-0017"}) {
    EXPECT_THAT(Read(std::string(kHeader) + "1,2,/s/m," + code + "\n"),
                ElementsAre("1+2 /s/m 2 0 @2"))
        << code;
  }
}

TEST_F(CallLogTest, PushBackMayBeOmittedOrNegative) {
  EXPECT_THAT(
      Read(std::string(kLongHeader) +
           "1,2,/s/m,0,\n1,2,/s/m,0,30\n1,2,/s/m,0,-1\n"),
      ElementsAre("1+2 /s/m 0 0 @2", "1+2 /s/m 0 30 @3", "1+2 /s/m 0 0 @4"));
}

TEST_F(CallLogTest, LinesMayEndWithCrLfAndTheLastLineEndMayBeMissing) {
  EXPECT_THAT(Read("\xef\xbb\xbfstart_us,duration_us,method,code\r\n"
                   "1,2,/s/m,OK\r\n3,4,/s/n,OK"),
              ElementsAre("1+2 /s/m 0 0 @2", "3+4 /s/n 0 0 @3"));
}

TEST_F(CallLogTest, ALogWithoutCallsIsEmpty) {
  EXPECT_THAT(Read(kHeader), IsEmpty());
  EXPECT_EQ(Open(kHeader)->size(), 0u);
}

TEST_F(CallLogTest, CallsAreSortedByStartAndThenByLine) {
  const std::string unsorted =
      std::string(kHeader) +
      "5,1,/s/a,0\n3,1,/s/b,0\n5,1,/s/c,0\n3,1,/s/d,0\n0,9,/s/e,0\n";
  EXPECT_THAT(Read(unsorted), ElementsAre("0+9 /s/e 0 0 @6", "3+1 /s/b 0 0 @3",
                                          "3+1 /s/d 0 0 @5", "5+1 /s/a 0 0 @2",
                                          "5+1 /s/c 0 0 @4"));
  EXPECT_FALSE(Open(unsorted)->sorted());
  EXPECT_TRUE(
      Open(std::string(kHeader) + "3,1,/s/a,0\n3,1,/s/b,0\n")->sorted());
}

TEST_F(CallLogTest, ReportsWhereEachProblemIsAndWhatIsExpected) {
  const std::string start =
      "2:1: start_us must be a number in [0, 4611686018427387] or a time like "
      "2026-01-02T03:04:05Z, is ";
  const std::string duration =
      "2:3: duration_us must be a number in [0, 4611686018427387] or a "
      "duration "
      "like \"0.25s\", is ";
  const std::string method =
      "2:5: method must be a name like /shop.v1.Cart/Checkout, is ";
  const std::string code =
      "2:10: code must be a status code like UNAVAILABLE or 14, is ";
  const std::string fields = "2:1: must have 4 fields, as the header has, is ";
  const struct {
    std::string line;
    std::string problem;
  } cases[] = {
      {"x,2,/s/M,0", start + "\"x\""},
      {"-1,2,/s/M,0", start + "\"-1\""},
      {"nan,2,/s/M,0", start + "\"nan\""},
      {"4611686018427388,2,/s/M,0", start + "\"4611686018427388\""},
      {"2026-13-02T03:04:05Z,2,/s/M,0", start + "\"2026-13-02T03:04:05Z\""},
      {"2026-01-02T03:04:05,2,/s/M,0", start + "\"2026-01-02T03:04:05\""},
      {"1,2ms,/s/M,0", duration + "\"2ms\""},
      {"1,-1s,/s/M,0", duration + "\"-1s\""},
      {"1,99999999999999999999,/s/M,0", duration + "\"99999999999999999999\""},
      {"1,2,,0", method + "\"\""},
      {"1,2,Checkout,0", method + "\"Checkout\""},
      {"1,2,//M,0", method + "\"//M\""},
      {"1,2,/s/,0", method + "\"/s/\""},
      {"1,2,/s/M,BROKEN", code + "\"BROKEN\""},
      {"1,2,/s/M,OKAY", code + "\"OKAY\""},
      {"1,2,/s/M,", code + "\"\""},
      {"1,2,/s/M", fields + "3"},
      {"1,2,/s/M,0,5", fields + "5"},
      {"1,2,\"/s/M,0", "2:5: a field in quotes must end on its line"},
      {"1,2,\"/s/M\" x,0", "2:12: a comma must follow a field in quotes"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(ProblemsOf(std::string(kHeader) + c.line + "\n"),
                ElementsAre(c.problem));
  }
  EXPECT_THAT(ProblemsOf(std::string(kLongHeader) + "1,2,/s/M,0,soon\n"),
              ElementsAre("2:12: pushback_ms must be an integer or empty, is "
                          "\"soon\""));
}

TEST_F(CallLogTest, TheHeaderMustNameTheColumns) {
  const std::string rule =
      "1:1: the header must name the columns start_us, duration_us, method and "
      "code; there is no ";
  EXPECT_THAT(
      ProblemsOf("when,method,how\n1,/s/M,0\n"),
      ElementsAre(rule +
                  "start_us, duration_us, code, is \"when,method,how\""));
  EXPECT_THAT(
      ProblemsOf(""),
      ElementsAre(rule + "start_us, duration_us, method, code, is \"\""));
  EXPECT_THAT(
      ProblemsOf("start,start_ms,duration,method,code\n"),
      ElementsAre("1:7: the header must have one of start and start_ms"));
}

TEST_F(CallLogTest, ColumnsMayHaveAnyOrderAndOthersAreIgnored) {
  EXPECT_THAT(Read("trace_id,Method,CODE,start_us,duration_us\n"
                   "abc,/s/M,UNAVAILABLE,1,2\n"),
              ElementsAre("1+2 /s/M 14 0 @2"));
}

TEST_F(CallLogTest, FieldsMayHaveQuotesAndSpaces) {
  EXPECT_THAT(
      Read(std::string(kHeader) + "1, 2, /s/M , OK\n1,2,\"/s/M\",\"OK\"\n"
                                  "1,2, \"/s/a,\"\"b\"\"\" ,OK\n"),
      ElementsAre("1+2 /s/M 0 0 @2", "1+2 /s/M 0 0 @3",
                  "1+2 /s/a,\"b\" 0 0 @4"));
}

TEST_F(CallLogTest, BlankLinesAreIgnored) {
  EXPECT_THAT(
      Read(std::string(kHeader) + "1,2,/s/M,OK\n\n3,2,/s/M,OK\n \r\n\n"),
      ElementsAre("1+2 /s/M 0 0 @2", "3+2 /s/M 0 0 @4"));
}

TEST_F(CallLogTest, AMethodGetsTheSlashThatItLacks) {
  EXPECT_THAT(Read(std::string(kHeader) + "1,2,shop.v1.Cart/Checkout,OK\n"),
              ElementsAre("1+2 /shop.v1.Cart/Checkout 0 0 @2"));
}

TEST_F(CallLogTest, ReadsCodesInAnyUsualSpelling) {
  const struct {
    const char* text;
    int code;
  } cases[] = {{"Unavailable", 14},
               {"unavailable", 14},
               {"StatusCode.UNAVAILABLE", 14},
               {"grpc::StatusCode::DEADLINE_EXCEEDED", 4},
               {"DeadlineExceeded", 4},
               {"deadline_exceeded", 4},
               {"CANCELED", 1},
               {"Cancelled", 1},
               {"codes.OK", 0},
               {"Ok", 0}};
  for (const auto& c : cases) {
    EXPECT_THAT(Read(std::string(kHeader) + "1,2,/s/M," + c.text + "\n"),
                ElementsAre("1+2 /s/M " + std::to_string(c.code) + " 0 @2"))
        << c.text;
  }
}

TEST_F(CallLogTest, ReadsTimesInSeveralUnits) {
  EXPECT_THAT(Read("start_ms,duration_s,method,code\n1.5,0.25,/s/M,0\n"),
              ElementsAre("1500+250000 /s/M 0 0 @2"));
  EXPECT_THAT(Read("start_s,duration_ms,method,code\n2,3,/s/M,0\n"),
              ElementsAre("2000000+3000 /s/M 0 0 @2"));
  EXPECT_THAT(
      Read("start,duration,method,code\n"
           "1970-01-01T00:00:01.5Z,0.25s,/s/M,0\n"
           "1970-01-01T01:00:02+01:00,7,/s/M,0\n"),
      ElementsAre("1500000+250000 /s/M 0 0 @2", "2000000+7 /s/M 0 0 @3"));
  EXPECT_THAT(Read(std::string(kHeader) + "1.5,2.4,/s/M,0\n"),
              ElementsAre("2+2 /s/M 0 0 @2"));
}

TEST_F(CallLogTest, ACompressedFileIsRefused) {
  for (const auto& [magic, program] :
       {std::pair(std::string("\x1f\x8b\x08"), "zcat"),
        {std::string("\x28\xb5\x2f\xfd"), "zstdcat"}}) {
    EXPECT_EQ(Open(magic + std::string(100, '\0')), nullptr);
    EXPECT_EQ(ToString(problems_), path_ + ": is compressed; use " + program +
                                       " FILE | fusebox replay --calls -");
  }
}

TEST_F(CallLogTest, ReportsManyProblemsAtOnceButNotAllOfThem) {
  std::string text = kHeader;
  for (int i = 0; i < 100; ++i) text += "bad\n";
  EXPECT_EQ(ProblemsOf(text).size(), CallLog::kMaxProblems);
  EXPECT_EQ(problems_.back().path, path_ + ":21:1");
}

TEST_F(CallLogTest, ALineMustNotBeTooLong) {
  const std::string endless(LineReader::kMaxBytes + 1, 'x');
  EXPECT_THAT(ProblemsOf(std::string(kHeader) + "1,2,/s/m,0\n" + endless),
              ElementsAre("3:1: must be at most 1048576 bytes long"));
}

TEST_F(CallLogTest, LinesAcrossSeveralReadsStayComplete) {
  std::string text = kHeader;
  constexpr int kCalls = 200'000;  // more than one buffer
  for (int i = 0; i < kCalls; ++i) {
    text += std::to_string(i) + ",1,/s/M" + std::to_string(i % 7) + ",0\n";
  }
  const auto log = Open(text);
  ASSERT_NE(log, nullptr);
  EXPECT_EQ(log->size(), uint64_t{kCalls});
  RecordedCall call;
  for (int i = 0; i < kCalls; ++i) {
    ASSERT_TRUE(log->Next(&call));
    ASSERT_EQ(call.start_us, i);
    ASSERT_EQ(call.method, "/s/M" + std::to_string(i % 7));
    ASSERT_EQ(call.line, static_cast<uint64_t>(i) + 2);
  }
  EXPECT_FALSE(log->Next(&call));
}

TEST_F(CallLogTest, AnUnreadableFileIsAProblem) {
  Problems problems;
  const auto progress = [](const char*, uint64_t) {};
  EXPECT_EQ(CallLog::Open("/no/such/file", progress, &problems), nullptr);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].path, "/no/such/file");
  EXPECT_EQ(problems[0].rule, "cannot be opened: No such file or directory");
  problems.clear();
  EXPECT_EQ(CallLog::Open(testing::TempDir(), progress, &problems), nullptr);
  EXPECT_EQ(problems.size(), 1u);
}

}  // namespace
}  // namespace fusebox::tool
