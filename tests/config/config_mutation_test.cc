// config_mutation_test.cc: reads ten thousand spoiled configs. Each is refused
// with an error, or makes a config that can be written and reads back equal.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_split.h"
#include "fusebox/base/problem.h"
#include "fusebox/config/config_parser.h"
#include "fusebox/config/internal/config_resolver.h"
#include "fusebox/config/internal/json_message.h"
#include "fusebox/config/internal/textproto.h"
#include "fusebox/policy/config.h"
#include "fusebox/v1/config.pb.h"
#include "google/protobuf/text_format.h"
#include "tests/config/config_texts.h"

namespace fusebox::internal {
namespace {

// The words that replace parts of a config.
const std::vector<std::string>& Words() {
  static const auto* const words = new std::vector<std::string>(absl::StrSplit(
      "null|true|false|0|-1|1|4096|4097|4294967295|4294967296|1e999|0.5|1.5|"
      "-0.1|1e-320|NaN|Infinity|nan|inf|\"\"|\"1s\"|\"0s\"|\"-1s\"|\"5ms\"|"
      "\"0.0000000001s\"|\"9223372036.854775807s\"|\"9223372037s\"|{}|[]|[[]]|"
      "{\"a\":1}|\"ENFORCE\"|\"CLASSIC\"|\"OK\"|\"\\u0000\"|\"\\ud800\"|mode|"
      "preset|\xff|\xc3\xa4|,|:|{ }|<>|seconds: -9223372036854775808|nanos: 1",
      '|'));
  return *words;
}

class Mutator {
 public:
  explicit Mutator(uint64_t seed) : random_(seed) {}

  std::string Spoil(std::string text) {
    for (size_t changes = 1 + Below(2); changes > 0; --changes) Change(&text);
    return text;
  }
  size_t Below(size_t bound) {
    return std::uniform_int_distribution<size_t>(0, bound - 1)(random_);
  }

 private:
  // Returns the length of the word or number at `at`.
  static size_t TokenSize(std::string_view text, size_t at) {
    size_t size = 1;
    while (at + size < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[at + size])) != 0 ||
            text[at + size] == '.' || text[at + size] == '_')) {
      ++size;
    }
    return size;
  }

  // Returns where a random token starts.
  size_t Token(std::string_view text) {
    size_t at = Below(text.size());
    while (at > 0 && TokenSize(text, at - 1) > 1) --at;
    return at;
  }

  void Change(std::string* text) {
    if (text->empty()) return;
    const size_t at = Below(text->size());
    switch (Below(9)) {
      case 0:  // a bit
        (*text)[at] = static_cast<char>((*text)[at] ^ (1 << Below(8)));
        return;
      case 1:  // gone
        text->erase(at, 1 + Below(20));
        return;
      case 2:  // twice
        text->insert(Below(text->size()), text->substr(at, 1 + Below(40)));
        return;
      case 3: {  // two tokens change places
        const size_t a = Token(*text);
        const size_t b = Token(*text);
        if (a == b) return;
        const size_t first = std::min(a, b);
        const size_t second = std::max(a, b);
        const std::string one = text->substr(first, TokenSize(*text, first));
        const std::string two = text->substr(second, TokenSize(*text, second));
        if (first + one.size() > second) return;
        text->replace(second, two.size(), one);
        text->replace(first, one.size(), two);
        return;
      }
      case 4:
      case 5:
      case 6: {  // another digit
        const size_t digit = text->find_first_of("0123456789", at);
        if (digit == std::string::npos) return;
        (*text)[digit] = static_cast<char>('0' + Below(10));
        return;
      }
      default: {  // another value
        const size_t token = Token(*text);
        text->replace(token, TokenSize(*text, token),
                      Words()[Below(Words().size())]);
      }
    }
  }

  std::mt19937_64 random_;
};

struct Counts {
  int good = 0;
  int bad = 0;
};

// Spoils the texts and reads the results.
Counts SpoilAndRead(
    uint64_t seed, int mutations, const std::vector<std::string>& texts,
    const std::function<std::optional<Config>(std::string_view)>& read) {
  Mutator mutator(seed);
  Counts counts;
  for (int i = 0; i < mutations; ++i) {
    const std::string text = mutator.Spoil(texts[mutator.Below(texts.size())]);
    const std::optional<Config> config = read(text);
    if (!config) {
      ++counts.bad;
      continue;
    }
    ++counts.good;
    const std::optional<Config> again = ReadConfig(ConfigToJson(*config));
    EXPECT_TRUE(again == config) << text << "\nbecame\n"
                                 << ConfigToJson(*config);
  }
  return counts;
}

// Four seeds, so that the tests can run in parallel.
class ConfigMutations : public testing::TestWithParam<uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, ConfigMutations, testing::Values(1, 2, 3, 4));

TEST_P(ConfigMutations, OfJsonAreRefusedOrReadBackEqual) {
  const Counts counts =
      SpoilAndRead(GetParam(), 2500, GoodConfigs(), &ReadConfig);
  EXPECT_GT(counts.good, 250);
  EXPECT_GT(counts.bad, 1000);
}

TEST_P(ConfigMutations, OfTextprotoAreRefusedOrReadBackEqual) {
  std::vector<std::string> texts;
  for (const std::string& json : GoodConfigs()) {
    v1::Config proto;
    Problems problems;
    ASSERT_TRUE(ReadJson(json, &proto, &problems));
    ASSERT_TRUE(google::protobuf::TextFormat::PrintToString(
        proto, &texts.emplace_back()));
  }
  const auto read = [](std::string_view text) {
    std::optional<Config> config;
    if (!TextprotoProblems(text).empty()) return config;
    v1::Config proto;
    Problems problems;
    EXPECT_TRUE(ReadTextproto(text, &proto, &problems));
    config = ResolveConfig(proto, &problems);
    return config;
  };
  const Counts counts = SpoilAndRead(GetParam(), 500, texts, read);
  EXPECT_GT(counts.good, 50);
  EXPECT_GT(counts.bad, 200);
}

}  // namespace
}  // namespace fusebox::internal
