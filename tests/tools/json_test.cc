// json_test.cc: tests that --json prints what docs/json.md says.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "fusebox/v1/admin.pb.h"
#include "google/protobuf/descriptor.h"
#include "tests/tools/process.h"
#include "tests/tools/scripted_process.h"

namespace fusebox {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using Json = nlohmann::json;
using testing::IsEmpty;

// Returns the messages that the page names, by command ("config diff").
std::map<std::string, std::string> MessagesOfPage() {
  std::ifstream page(FUSEBOX_JSON_PAGE);
  std::map<std::string, std::string> messages;
  const std::regex row(R"(\| `fusebox ([a-z ]+)` \|.*\| `([A-Za-z]+)` \|)");
  std::string line;
  while (std::getline(page, line)) {
    std::smatch match;
    if (std::regex_match(line, match, row)) messages[match[1]] = match[2];
  }
  return messages;
}

bool IsText(const Json& value, const std::string& pattern) {
  return value.is_string() &&
         std::regex_match(value.get<std::string>(), std::regex(pattern));
}

class Checker {
 public:
  // Checks that the object has the fields of the message, and no others.
  void CheckObject(const Json& object, const Descriptor& type,
                   const std::string& path) {
    if (!object.is_object()) return Add(path, "is no object");
    size_t found = 0;
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      std::string name(field.json_name());
      if (path.empty() && name == "process") name = "processInfo";
      const std::string where = path + "." + name;
      if (!object.contains(name)) {
        if (!field.has_presence()) Add(where, "is missing");
        continue;
      }
      ++found;
      CheckField(object.at(name), field, where);
    }
    if (path.empty()) ++found;  // "process"
    if (found != object.size()) Add(path, "has other fields, too");
  }

  std::vector<std::string> problems;

 private:
  void Add(const std::string& path, const std::string& problem) {
    problems.push_back(path + " " + problem);
  }

  void CheckField(const Json& value, const FieldDescriptor& field,
                  const std::string& path) {
    if (field.is_map()) {
      if (!value.is_object()) return Add(path, "is no object");
      for (const auto& [key, one] : value.items()) {
        CheckValue(one, *field.message_type()->FindFieldByNumber(2),
                   path + "." + key);
      }
    } else if (field.is_repeated()) {
      if (!value.is_array()) return Add(path, "is no array");
      for (const Json& one : value) CheckValue(one, field, path + "[]");
    } else {
      CheckValue(value, field, path);
    }
  }

  void CheckValue(const Json& value, const FieldDescriptor& field,
                  const std::string& path) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        if (!value.is_string()) Add(path, "is no text");
        return;
      case FieldDescriptor::CPPTYPE_BOOL:
        if (!value.is_boolean()) Add(path, "is neither true nor false");
        return;
      case FieldDescriptor::CPPTYPE_ENUM:
        if (!IsText(value, "[A-Z_]+")) Add(path, "is no name");
        return;
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        const std::string type(field.message_type()->full_name());
        if (type == "google.protobuf.Duration") {
          if (!IsText(value, R"(\d+(\.\d+)?s)")) Add(path, "is no duration");
        } else if (type == "google.protobuf.Timestamp") {
          if (!IsText(value, R"(\d{4}-\d\d-\d\dT[\d:.]+Z)")) {
            Add(path, "is no time");
          }
        } else if (type != "fusebox.v1.Policy") {  // as docs/configuration.md
          CheckObject(value, *field.message_type(), path);
        }
        return;
      }
      default:
        if (!value.is_number()) Add(path, "is no number");
        return;
    }
  }
};

class JsonOutput : public testing::Test {
 protected:
  JsonOutput() {
    process_.Call("-----", "/shop.v1.Cart/Pay", "shop:443");
    process_.Call("+", "/shop.v1.Cart/Checkout", "shop:443", "tenant-7");
    for (int i = 0; i < 3; ++i) {
      EXPECT_FALSE(process_.Find("/shop.v1.Cart/Pay", "shop:443").Acquire());
    }
    process_.clock().Advance(std::chrono::milliseconds(1500));
  }

  // Returns the lines that a command prints.
  std::vector<std::string> LinesOf(const std::string& command) {
    if (command == "config unused") LinesOf("config update");
    const std::map<std::string, std::string> arguments = {
        {"get", "/shop.v1.Cart/Pay"},
        {"mode", "dry-run * --for 10m"},
        {"reset", "*"},
        {"config update", file_},
        {"config diff", other_file_},
    };
    std::vector<std::string> line = absl::StrSplit(command, ' ');
    if (const auto more = arguments.find(command); more != arguments.end()) {
      for (const auto word : absl::StrSplit(more->second, ' ')) {
        line.emplace_back(word);
      }
    }
    line.insert(line.end(), {"--json", "--admin", process_.address()});
    const Finished run = command == "watch"
                             ? RunShell("$FUSEBOX watch --json --admin " +
                                        process_.address() + " | head -n 1")
                             : RunTool(line);
    std::vector<std::string> lines =
        absl::StrSplit(run.out, '\n', absl::SkipEmpty());
    EXPECT_THAT(lines, testing::Not(IsEmpty())) << command << ": " << run.err;
    return lines;
  }

  const std::string file_ = WriteFile("config.json", R"({"methodPolicy": [
          {"name": [{"service": "shop.v1.Cart", "method": "Pai"}],
           "policy": {"openDuration": "7s"}}]})");
  const std::string other_file_ =
      WriteFile("other.json", R"({"defaultPolicy": {"openDuration": "9s"}})");
  ScriptedProcess process_{"json"};
};

TEST_F(JsonOutput, HasEveryFieldOfTheMessageThatThePageNames) {
  const auto messages = MessagesOfPage();
  ASSERT_EQ(messages.count("list"), 1u);
  // Some commands show what others have done.
  std::vector<std::string> commands = {"config update", "list", "get",
                                       "events",        "mode", "list"};
  for (const auto& [command, unused] : messages) commands.push_back(command);
  for (const std::string& command : commands) {
    const std::string name = "fusebox.v1." + messages.at(command);
    const Descriptor* const type =
        v1::Breaker::descriptor()->file()->pool()->FindMessageTypeByName(name);
    ASSERT_NE(type, nullptr) << name;
    for (const std::string& line : LinesOf(command)) {
      const Json object = Json::parse(line, nullptr, false);
      Checker checker;
      checker.CheckObject(object, *type, "");
      EXPECT_THAT(checker.problems, IsEmpty()) << command << ": " << line;
      EXPECT_EQ(object.value("process", ""), process_.address());
    }
  }
}

TEST_F(JsonOutput, OfEveryCommandThatHasItIsOnThePage) {
  const auto messages = MessagesOfPage();
  const std::vector<std::string> all = {"list",
                                        "get",
                                        "watch",
                                        "events",
                                        "mode",
                                        "reset",
                                        "config get",
                                        "config update",
                                        "config diff",
                                        "config history",
                                        "config rollback",
                                        "config unused",
                                        "dashboard"};
  for (const std::string& command : all) {
    std::vector<std::string> line = absl::StrSplit(command, ' ');
    line.emplace_back("--help");
    const bool has_json = RunTool(line).out.find("--json") != std::string::npos;
    EXPECT_EQ(has_json, messages.count(command) == 1) << command;
  }
}

}  // namespace
}  // namespace fusebox
