#include "demo/server_process.h"

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>

#include "demo/child_process.h"
#include "demo/ledger.h"

namespace outage {

bool ServerProcess::Start() {
  constexpr std::chrono::seconds kTimeout{30};
  if (ChildProcess::Start({"--serve", std::to_string(port_)})) {
    const std::optional<std::string> line = AwaitLine(Now() + kTimeout);
    if (line && std::sscanf(line->c_str(), "ready %d", &port_) == 1) {
      return true;
    }
  }
  Kill();
  return false;
}

}  // namespace outage
