#include "tests/monitoring/promql.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fusebox/core/types.h"
#include "fusebox/metrics/names.h"
#include "fusebox/policy/status_code.h"

namespace fusebox {
namespace {

using Names = std::set<std::string>;

bool IsNamePart(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
         c == ':';
}

class ExpressionReader {
 public:
  explicit ExpressionReader(const std::string& text) : text_(text) {}

  Expression Read() {
    while (SkipTo()) {
      if (text_[at_] == '"') {
        String();
      } else if (text_[at_] == '[') {
        at_ = std::min(text_.find(']', at_), text_.size() - 1) + 1;
      } else if (IsNamePart(text_[at_])) {
        Word();
      } else {
        ++at_;
      }
    }
    return expression_;
  }

 private:
  bool SkipTo() {
    while (at_ < text_.size() && std::isspace(Byte()) != 0) ++at_;
    return at_ < text_.size();
  }
  unsigned char Byte() const { return static_cast<unsigned char>(text_[at_]); }
  bool Next(char c) { return SkipTo() && text_[at_] == c; }

  std::string Name() {
    const size_t begin = at_;
    while (at_ < text_.size() && IsNamePart(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  // Reads the rest of a string after the opening quote.
  std::string String() {
    const size_t end = std::min(text_.find('"', at_ + 1), text_.size());
    const std::string value = text_.substr(at_ + 1, end - at_ - 1);
    at_ = std::min(end + 1, text_.size());
    return value;
  }

  void Word() {
    static const Names grouping = {"by",       "without",    "on",
                                   "ignoring", "group_left", "group_right"};
    static const Names operators = {"and", "or", "unless", "bool", "offset"};
    const std::string word = Name();
    if (std::isdigit(static_cast<unsigned char>(word[0])) != 0 ||
        operators.count(word) != 0) {
      return;
    }
    if (grouping.count(word) != 0) {
      if (Next('(')) Labels();
    } else if (!Next('(') && !IsAggregator(word)) {  // or it is a function
      Selector selector{word, {}};
      if (Next('{')) Matchers(&selector);
      expression_.selectors.push_back(selector);
    }
  }

  // An aggregator like "sum by (...) (...)" has no parenthesis directly after
  // it.
  static bool IsAggregator(const std::string& word) {
    static const Names names = {"sum", "max", "min", "avg", "count", "topk"};
    return names.count(word) != 0;
  }

  void Labels() {
    for (++at_; SkipTo() && text_[at_] != ')';) {
      if (IsNamePart(text_[at_])) {
        expression_.grouping.push_back(Name());
      } else {
        ++at_;
      }
    }
  }

  void Matchers(Selector* selector) {
    for (++at_; SkipTo() && text_[at_] != '}';) {
      if (!IsNamePart(text_[at_])) {
        ++at_;
        continue;
      }
      LabelMatcher matcher;
      matcher.label = Name();
      while (SkipTo() && text_[at_] != '"') matcher.op += text_[at_++];
      matcher.value = String();
      selector->matchers.push_back(matcher);
    }
  }

  const std::string& text_;
  size_t at_ = 0;
  Expression expression_;
};

template <typename Enum>
Names NamesUpTo(int count) {
  Names names;
  for (int i = 0; i < count; ++i) {
    names.emplace(Name(static_cast<Enum>(i)));
  }
  return names;
}

// Returns the labels that have a fixed set of values, with these values.
const std::map<std::string, Names>& Values() {
  static const auto& values = *new auto([] {
    std::map<std::string, Names> all;
    all["state"] = all["from"] = all["to"] = NamesUpTo<State>(kStateCount);
    all["mode"] = NamesUpTo<Mode>(4);
    all["outcome"] = NamesUpTo<Outcome>(3);
    all["enforced"] = {"true", "false"};
    all["reason"] = NamesUpTo<RejectionReason>(kRejectionReasonCount);
    all["reason"].merge(NamesUpTo<TransitionReason>(kTransitionReasonCount));
    for (int code = 0; code < kStatusCodeCount; ++code) {
      all["code"].emplace(StatusCodeName(code));
    }
    return all;
  }());
  return values;
}

// Returns the labels of the samples with this name. Empty if there are none.
Names LabelsOf(const std::string& metric) {
  for (const MetricInfo& info : kMetrics) {
    const std::string name(info.name);
    Names labels = {"job", "instance"};  // added by Prometheus
    if (info.type != MetricType::kHistogram) {
      if (metric != name) continue;
    } else if (metric == name + "_bucket") {
      labels.insert("le");
    } else if (metric != name + "_count" && metric != name + "_sum") {
      continue;
    }
    if (info.owner == MetricOwner::kBreaker) {
      labels.insert(kBreakerLabels.begin(), kBreakerLabels.end());
    }
    for (const std::string_view label : info.labels) {
      if (!label.empty()) labels.emplace(label);
    }
    return labels;
  }
  return {};
}

}  // namespace

Expression ReadExpression(const std::string& text) {
  return ExpressionReader(text).Read();
}

std::vector<std::string> Unknown(const std::string& expression,
                                 const std::string& legend) {
  std::vector<std::string> unknown;
  const Expression read = ReadExpression(expression);
  if (read.selectors.empty()) unknown.push_back("no metric: " + expression);
  Names labels;  // the labels of any of the metrics
  for (const Selector& selector : read.selectors) {
    const Names own = LabelsOf(selector.metric);
    if (own.empty()) unknown.push_back(selector.metric);
    for (const LabelMatcher& matcher : selector.matchers) {
      const std::string text = selector.metric + "{" + matcher.label;
      if (own.count(matcher.label) == 0) unknown.push_back(text);
      const auto values = Values().find(matcher.label);
      if (values != Values().end() &&
          values->second.count(matcher.value) == 0) {
        unknown.push_back(text + "=" + matcher.value);
      }
    }
    labels.insert(own.begin(), own.end());
  }
  std::vector<std::string> named = read.grouping;
  static const std::regex in_legend(R"(\{\{([^}]*)\}\})");
  for (std::sregex_iterator it(legend.begin(), legend.end(), in_legend), end;
       it != end; ++it) {
    named.push_back((*it)[1]);
  }
  for (const std::string& label : named) {
    if (labels.count(label) == 0) unknown.push_back("label " + label);
  }
  return unknown;
}

}  // namespace fusebox
