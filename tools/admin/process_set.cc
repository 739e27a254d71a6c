#include "tools/admin/process_set.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tools/admin/expand.h"

namespace fusebox::tool {

ProcessSet::ProcessSet(const std::vector<AdminAddress>& processes,
                       std::vector<AdminAddress> patterns, Callbacks callbacks,
                       std::chrono::milliseconds period)
    : patterns_(std::move(patterns)), callbacks_(std::move(callbacks)) {
  {
    const MutexLock lock(looking_);
    for (const AdminAddress& process : processes) Begin(process);
  }
  if (patterns_.empty()) return;
  Look();
  thread_ = std::thread([this, period] { Run(period); });
}

ProcessSet::~ProcessSet() {
  {
    const MutexLock lock(mu_);
    stopped_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void ProcessSet::Begin(const AdminAddress& address) {
  indices_[address.text] = next_;
  callbacks_.begin(next_++, address);
}

std::vector<AdminAddress> ProcessSet::Find() const {
  std::vector<AdminAddress> all;
  for (const AdminAddress& pattern : patterns_) {
    for (AdminAddress& socket : FindSockets(pattern)) {
      all.push_back(std::move(socket));
    }
  }
  return all;
}

void ProcessSet::Look() {
  const MutexLock lock(looking_);
  std::set<std::string> now;
  for (const AdminAddress& socket : Find()) {
    now.insert(socket.text);
    if (indices_.count(socket.text) == 0) Begin(socket);
    found_[socket.text] = indices_[socket.text];
  }
  for (auto it = found_.begin(); it != found_.end();) {
    if (now.count(it->first) > 0 || !callbacks_.end(it->second)) {
      ++it;
    } else {
      indices_.erase(it->first);
      it = found_.erase(it);
    }
  }
}

void ProcessSet::Run(std::chrono::milliseconds period) {
  while (true) {
    const auto end = std::chrono::steady_clock::now() + period;
    {
      const MutexLock lock(mu_);
      while (!stopped_ &&
             stop_.wait_until(mu_, end) == std::cv_status::no_timeout) {
      }
      if (stopped_) return;
    }
    Look();
  }
}

}  // namespace fusebox::tool
