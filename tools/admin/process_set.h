// process_set.h: watches a set of processes that changes: sockets that match a
// pattern come and go.
//
//   ProcessSet set(processes, patterns,
//                  {[&](size_t index, const AdminAddress& address) { ... },
//                   [&](size_t index) { return ...; }});
//
// It looks for sockets every two seconds. A process ends once it is not
// connected and its socket is gone. A process whose socket stays may return, so
// it stays too.

#ifndef FUSEBOX_TOOLS_ADMIN_PROCESS_SET_H_
#define FUSEBOX_TOOLS_ADMIN_PROCESS_SET_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "fusebox/base/mutex.h"
#include "tools/admin/address.h"

namespace fusebox::tool {

class ProcessSet {
 public:
  // The set calls both functions from its constructor, Look(), or a thread of
  // its own, one call at a time.
  struct Callbacks {
    // Begins to watch a process. The indices are 0, 1, 2 and so on.
    std::function<void(size_t index, const AdminAddress& address)> begin;

    // Ends the watch of a process and returns true, unless it is connected.
    std::function<bool(size_t index)> end;
  };

  static constexpr std::chrono::seconds kPeriod{2};

  // Begins with `processes`. If there are patterns (see IsPattern()), looks
  // every `period` for the sockets that match them.
  ProcessSet(const std::vector<AdminAddress>& processes,
             std::vector<AdminAddress> patterns, Callbacks callbacks,
             std::chrono::milliseconds period = kPeriod);

  // No callback runs after it returns.
  ~ProcessSet();

  ProcessSet(const ProcessSet&) = delete;
  ProcessSet& operator=(const ProcessSet&) = delete;

  // Looks now. Must not be called from a callback.
  void Look() FUSEBOX_EXCLUDES(looking_);

 private:
  void Begin(const AdminAddress& address) FUSEBOX_REQUIRES(looking_);
  std::vector<AdminAddress> Find() const;
  void Run(std::chrono::milliseconds period);

  const std::vector<AdminAddress> patterns_;
  const Callbacks callbacks_;

  Mutex looking_;
  size_t next_ FUSEBOX_GUARDED_BY(looking_) = 0;
  std::map<std::string, size_t> indices_ FUSEBOX_GUARDED_BY(looking_);
  // Those among them that patterns have found.
  std::map<std::string, size_t> found_ FUSEBOX_GUARDED_BY(looking_);

  Mutex mu_;
  std::condition_variable_any stop_;
  bool stopped_ FUSEBOX_GUARDED_BY(mu_) = false;
  std::thread thread_;  // last, because it uses the other members
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_ADMIN_PROCESS_SET_H_
