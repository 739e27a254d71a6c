// process_names.h: names processes for people.

#ifndef FUSEBOX_TOOLS_ADMIN_PROCESS_NAMES_H_
#define FUSEBOX_TOOLS_ADMIN_PROCESS_NAMES_H_

#include <map>
#include <string>

#include "fusebox/v1/admin.pb.h"
#include "tools/admin/address.h"

namespace fusebox::tool {

// The names that processes gave themselves, with their numbers if several have
// the same. A process without a name is known by its address.
class ProcessNames {
 public:
  void Add(const v1::Process& process) { ++processes_[process.name()]; }

  std::string Of(const AdminAddress& address,
                 const v1::Process& process) const {
    if (process.name().empty()) return address.text;
    const auto same = processes_.find(process.name());
    if (same == processes_.end() || same->second < 2) return process.name();
    return process.name() + "/" + std::to_string(process.pid());
  }

 private:
  std::map<std::string, int> processes_;  // how many have the name
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_ADMIN_PROCESS_NAMES_H_
