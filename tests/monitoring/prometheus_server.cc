#include "tests/monitoring/prometheus_server.h"

#include <gtest/gtest.h>
#include <httplib.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <thread>
#include <vector>

#include "tests/base/read_file.h"
#include "tests/monitoring/child_process.h"
#include "tests/monitoring/files.h"

namespace fusebox {
namespace {

using std::chrono::system_clock;

constexpr std::chrono::minutes kPatience{2};
constexpr std::chrono::milliseconds kLookInterval{50};

// A rate needs at least two samples.
constexpr int kScrapesInRate = 4;

std::string Seconds(system_clock::time_point time) {
  return std::to_string(
      std::chrono::duration<double>(time.time_since_epoch()).count());
}

// Replaces `from`, which must occur in the text.
void Replace(const std::string& from, const std::string& to,
             std::string* text) {
  const std::string before = *text;
  *text = std::regex_replace(before, std::regex(from), to);
  EXPECT_NE(*text, before) << from;
}

std::vector<Series> SeriesOf(const nlohmann::json& data) {
  std::vector<Series> all;
  if (!data.is_object()) return all;  // the test has already failed
  for (const auto& result : data.at("result")) {
    Series& series = all.emplace_back();
    series.labels = result.at("metric").get<decltype(series.labels)>();
    const auto add = [&](const nlohmann::json& point) {
      series.values.push_back(std::stod(point.at(1).get<std::string>()));
    };
    if (result.contains("value")) add(result.at("value"));
    if (result.contains("values")) {
      for (const auto& point : result.at("values")) add(point);
    }
  }
  return all;
}

}  // namespace

bool Await(const std::function<bool()>& done) {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (!done()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    std::this_thread::sleep_for(kLookInterval);
  }
  return true;
}

std::string AwaitOutput(ChildProcess& process, const std::string& pattern) {
  const std::regex wanted(pattern);
  std::smatch match;
  std::string output;
  Await([&] {
    const bool ended = !process.IsRunning();
    output = process.Output();
    return std::regex_search(output, match, wanted) || ended;
  });
  return match.empty() ? "" : match[1].str();
}

std::string HttpGet(uint16_t port, const std::string& path,
                    const std::map<std::string, std::string>& query) {
  httplib::Client client("127.0.0.1", port);
  const httplib::Result answer = client.Get(
      path, httplib::Params(query.begin(), query.end()), httplib::Headers());
  return answer && answer->status == 200 ? answer->body : "";
}

PrometheusServer::PrometheusServer(uint16_t port,
                                   std::chrono::milliseconds interval)
    : interval_(interval) {
  std::string config = ReadFile(MonitoringFolder() / "prometheus.yml");
  Replace("(scrape_interval:) .*", "$1 " + Interval(), &config);
  Replace("9464", std::to_string(port), &config);
  const std::filesystem::path file = folder_.path() / "prometheus.yml";
  std::ofstream(file) << config;
  std::filesystem::copy(MonitoringFolder() / "alerts.yml", folder_.path());
  process_ = std::make_unique<ChildProcess>(
      std::vector<std::string>{
          "prometheus", "--config.file=" + file.string(),
          "--storage.tsdb.path=" + (folder_.path() / "data").string(),
          "--web.listen-address=127.0.0.1:0"},
      folder_.path() / "log");
  // Prometheus 3 writes further words before the address.
  const std::string serving = AwaitOutput(
      *process_, "msg=\"Listening on\".* address=127.0.0.1:([0-9]+)");
  if (serving.empty()) return;
  const auto bound = static_cast<uint16_t>(std::stoi(serving));
  // Prometheus listens before it has loaded its data. So this waits until it is
  // ready.
  if (Await([&] { return !HttpGet(bound, "/-/ready").empty(); })) port_ = bound;
}

nlohmann::json PrometheusServer::Ask(
    const std::string& path, const std::map<std::string, std::string>& query) {
  const std::string text = HttpGet(port_, path, query);
  const auto answer = nlohmann::json::parse(text, nullptr, false);
  if (answer.is_discarded() || answer.value("status", "") != "success") {
    ADD_FAILURE() << path << ": " << text;
    return {};
  }
  return answer.at("data");
}

std::vector<Series> PrometheusServer::Now(const std::string& expression) {
  return SeriesOf(Ask("/api/v1/query", {{"query", expression}}));
}

std::vector<Series> PrometheusServer::History(const std::string& expression) {
  return SeriesOf(
      Ask("/api/v1/query_range", {{"query", expression},
                                  {"start", Seconds(start_)},
                                  {"end", Seconds(system_clock::now())},
                                  {"step", Interval()}}));
}

std::vector<Series> PrometheusServer::DashboardHistory(
    const std::string& query) {
  return History(WithoutVariables(query, Interval(kScrapesInRate), "5m"));
}

bool PrometheusServer::KeptUp() {
  const std::vector<Series> scrapes =
      History("count_over_time(grpc_client_circuit_breaker_config_generation[" +
              Interval(kScrapesInRate) + "])");
  if (scrapes.size() != 1) return false;
  const std::vector<double>& counts = scrapes[0].values;
  return counts.size() > kScrapesInRate &&
         *std::min_element(counts.begin() + kScrapesInRate, counts.end()) >=
             kScrapesInRate - 1;
}

}  // namespace fusebox
