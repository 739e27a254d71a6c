#include "fusebox/config/internal/textproto.h"

#include <string>
#include <string_view>

#include "absl/strings/string_view.h"
#include "fusebox/base/problem.h"
#include "fusebox/base/text.h"
#include "fusebox/config/internal/message_fields.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/message.h"
#include "google/protobuf/stubs/common.h"
#include "google/protobuf/text_format.h"

namespace fusebox::internal {
namespace {

constexpr int kMaxTextprotoDepth = 32;

class Collector final : public google::protobuf::io::ErrorCollector {
 public:
  explicit Collector(Problems* problems) : problems_(*problems) {}

#if GOOGLE_PROTOBUF_VERSION >= 4022000
  void RecordError(int line, google::protobuf::io::ColumnNumber column,
                   absl::string_view message) override {
    Add(line, column, std::string_view(message.data(), message.size()));
  }
#else
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    Add(line, column, message);
  }
#endif

 private:
  // Both count from 0. A line of -1 stands for the whole text.
  void Add(int line, int column, std::string_view message) {
    problems_.push_back({line < 0
                             ? "config"
                             : "line " + std::to_string(line + 1) +
                                   ", column " + std::to_string(column + 1),
                         OneLine(message)});
  }

  Problems& problems_;
};

}  // namespace

bool ReadTextproto(std::string_view text, google::protobuf::Message* message,
                   Problems* problems) {
  Collector collector(problems);
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&collector);
  parser.SetRecursionLimit(kMaxTextprotoDepth);
  google::protobuf::io::ArrayInputStream stream(text.data(),
                                                static_cast<int>(text.size()));
  if (!parser.Parse(&stream, message)) return false;
  // A file that was cut off at its beginning looks like this.
  if (!PresentFields(*message).empty()) return true;
  problems->push_back({"config", "must have at least one field"});
  return false;
}

}  // namespace fusebox::internal
