// call_columns.h: which columns of a CSV file say what about a call.
//
//   start_us,duration_us,method,code,pushback_ms
//   1000,250,/shop.v1.Cart/Checkout,OK,
//   1500,20000,/shop.v1.Cart/Checkout,UNAVAILABLE,3000
//
// The header names the columns, in any order and in upper or lower case. Other
// columns are ignored. These names are known:
//
//   start_us, start_ms, start_s, start     When the call began: a number, or a
//                                          time like 2026-01-02T03:04:05.678Z.
//                                          `start` counts in microseconds.
//   duration_us, duration_ms, duration_s   How long it took, as a number.
//   duration                               A number of microseconds, or a
//                                          duration like "0.25s".
//   method                                 "/shop.v1.Cart/Checkout". The first
//                                          slash may be missing.
//   code, status, status_code, grpc_code   A status code by number or by name,
//                                          in any usual spelling: UNAVAILABLE,
//                                          Unavailable, StatusCode.UNAVAILABLE.
//                                          Other numbers mean UNKNOWN.
//   pushback_ms                            Optional, and so are its values: an
//                                          integer. Below 0 ("do not retry")
//                                          it means no push-back.

#ifndef FUSEBOX_TOOLS_REPLAY_CALL_COLUMNS_H_
#define FUSEBOX_TOOLS_REPLAY_CALL_COLUMNS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tools/replay/csv.h"

namespace fusebox::tool {

// One recorded call.
struct RecordedCall {
  int64_t start_us = 0;
  int64_t duration_us = 0;
  std::string_view method;  // valid until the next call is read
  int code = 0;             // in [0, 16]
  int64_t pushback_ms = 0;  // 0 if there is none
  uint64_t line = 0;        // in the file, whose header is line 1
};

// Not thread-safe.
class CallColumns {
 public:
  // Reads the header.
  std::optional<CsvProblem> ReadHeader(std::string_view line);

  // Reads a line into `*call`, except its number. The method is valid until the
  // next call of Read(). REQUIRES: ReadHeader() found no problem.
  std::optional<CsvProblem> Read(std::string_view line, RecordedCall* call);

 private:
  enum Fact : size_t { kStart, kDuration, kMethod, kCode, kPushback, kFacts };

  struct Name {
    std::string_view name;
    Fact fact;
    double unit;  // in microseconds
  };
  struct Column {
    std::string_view name = {};
    double unit = 1;
    size_t place = 0;
  };

  static const Name* Find(std::string_view name);

  std::optional<CsvProblem> ReadFact(Fact fact, std::string_view text,
                                     RecordedCall* call);
  bool ReadMethod(std::string_view text, RecordedCall* call);

  std::array<std::optional<Column>, kFacts> columns_;
  size_t count_ = 0;  // the columns of the header
  CsvLine line_;
  std::string method_;  // of the last call, if its slash was missing
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_REPLAY_CALL_COLUMNS_H_
