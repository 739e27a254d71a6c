// browser.h: a client that reads the messages of the page's server.

#ifndef FUSEBOX_TESTS_DASHBOARD_BROWSER_H_
#define FUSEBOX_TESTS_DASHBOARD_BROWSER_H_

#include <httplib.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

namespace fusebox {

// Returns the items of a message (relay.h) that have the key, in order.
inline std::vector<nlohmann::json> ItemsWith(const std::string& key,
                                             const nlohmann::json& message) {
  std::vector<nlohmann::json> items;
  for (const nlohmann::json& item : message) {
    if (item.contains(key)) items.push_back(item);
  }
  return items;
}

// Reads /events of a server on 127.0.0.1 until it is destroyed. Thread-safe.
class Browser {
 public:
  explicit Browser(int port) : client_("127.0.0.1", port) {
    client_.set_read_timeout(std::chrono::seconds(60));
    thread_ = std::thread([this] { Read(); });
  }
  ~Browser() {
    {
      const std::lock_guard<std::mutex> lock(mu_);
      leaves_ = true;
    }
    client_.stop();
    thread_.join();
  }

  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;

  // Returns the first message, of those not yet taken, for which `is_it`
  // returns true, and takes the messages before it too. Returns null if the
  // connection ended, or after 60 s.
  nlohmann::json WaitFor(
      const std::function<bool(const nlohmann::json&)>& is_it) {
    std::unique_lock<std::mutex> lock(mu_);
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    for (;;) {
      while (!messages_.empty()) {
        nlohmann::json message = nlohmann::json::parse(messages_.front());
        messages_.pop_front();
        if (is_it(message)) return message;
      }
      if (ended_ || changed_.wait_until(lock, end) == std::cv_status::timeout) {
        return nullptr;
      }
    }
  }
  nlohmann::json Next() {
    return WaitFor([](const nlohmann::json&) { return true; });
  }

 private:
  void Read() {
    std::string rest;
    client_.Get("/events", [this, &rest](const char* data, size_t size) {
      rest.append(data, size);
      const std::lock_guard<std::mutex> lock(mu_);
      size_t end = 0;
      while ((end = rest.find("\n\n")) != std::string::npos) {
        if (rest.rfind("data: ", 0) == 0) {
          messages_.push_back(rest.substr(6, end - 6));
        }
        rest.erase(0, end + 2);
      }
      changed_.notify_all();
      return !leaves_;
    });
    const std::lock_guard<std::mutex> lock(mu_);
    ended_ = true;
    changed_.notify_all();
  }

  std::mutex mu_;
  std::condition_variable changed_;
  std::deque<std::string> messages_;
  bool ended_ = false;
  bool leaves_ = false;
  httplib::Client client_;
  std::thread thread_;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_DASHBOARD_BROWSER_H_
